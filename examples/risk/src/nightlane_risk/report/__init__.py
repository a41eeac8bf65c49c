"""The report people read in the morning: one self-contained HTML page and one CSV."""
