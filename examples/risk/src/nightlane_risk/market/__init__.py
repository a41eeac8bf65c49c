"""The market: risk factors, their snapshot on the business date, and the data it is made from."""
