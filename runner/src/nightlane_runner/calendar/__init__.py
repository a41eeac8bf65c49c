"""Which days have a night."""
