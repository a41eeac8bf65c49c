"""The lane's volume: results, records, logs, and how full it is."""
