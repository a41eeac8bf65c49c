"""A daily P&L series that a user brings as CSV: one line per day, columns date and pnl."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from nightlane_risk.csv_table import Row, read_table
from nightlane_risk.text_values import DATE, NUMBER

COLUMNS = ("date", "pnl")


@dataclass(frozen=True)
class DailyPnl:
    """Profit (positive) or loss (negative) of one day, in the user's currency."""

    day: date
    pnl: Decimal


def read_pnl_series(path: Path) -> list[DailyPnl]:
    """Read the series; days may come in any order but only once.

    Raises InputError with every fault of the file.
    """
    line_of_day: dict[date, int] = {}

    def build(row: Row) -> DailyPnl:
        day = row.read("date", DATE)
        earlier = line_of_day.setdefault(day, row.line)
        if earlier != row.line and day != DATE.placeholder:
            row.fault(
                "date",
                f"{day} is already on line {earlier}; a day counts once",
                "Add the day's results into one line.",
            )
        return DailyPnl(day, row.read("pnl", NUMBER))

    return read_table(path, COLUMNS, build)
