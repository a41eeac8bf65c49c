"""The Nightlane runner: drives one step of a customer's night in the customer's own cluster."""
