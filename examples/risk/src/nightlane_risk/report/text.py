"""How the report writes numbers, dates and names."""

from datetime import date
from decimal import Decimal

SOURCE_NAMES = {"historical": "Historical", "monte-carlo": "Monte Carlo"}
"""What people call the sources of scenarios."""


def amount(value: float) -> str:
    """Write whole euros with thousands separators and a true minus sign."""
    text = f"{value:,.0f}"
    return "0" if text == "-0" else text.replace("-", "\N{MINUS SIGN}")


def thousands(value: float) -> str:
    """Write an axis label in thousands."""
    return f"{value / 1000:,.0f}k".replace("-", "\N{MINUS SIGN}") if value else "0"


def percent(level: Decimal) -> str:
    """Write a confidence level."""
    return f"{(level * 100).normalize():f}%"


def long_date(day: date) -> str:
    """Write a date for a headline, in English: Python keeps the C locale unless told otherwise."""
    return f"{day.day} {day:%B %Y}"


def pair(name: str) -> str:
    """Write a currency pair as people do."""
    return f"{name[:3]}/{name[3:]}"
