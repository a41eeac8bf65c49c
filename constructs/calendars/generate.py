"""Writes the days off of the named calendars as JSON; with --check, compares them with the file instead."""

import json
import sys
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import holidays
from holidays.holiday_base import HolidayBase

FIRST_YEAR = 2023
"""The library follows the exchange in Milan from here on; the other calendars here go further back."""

LAST_YEAR = 2040

FILE = Path(__file__).with_name("named-calendars.json")

USAGE = "usage: generate.sh [--check]\n"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a calendar comes from.

    Attributes:
        days: which days the calendar has, for people.
        market: code of the market in the library, such as XNYS; None for a country.
        country: code of the country, such as AE; None for a market, and where only weekends are off.

    """

    days: str
    market: str | None = None
    country: str | None = None

    def read(self, category: str) -> HolidayBase | None:
        """Return the library's days of a category, None where it has no such category."""
        years = range(FIRST_YEAR, LAST_YEAR + 1)
        if self.market is None and self.country is None:
            return None
        known = self._library(years)
        return self._library(years, category) if category in known.supported_categories else None

    def _library(self, years: range, category: str = "public") -> HolidayBase:
        if self.market is not None:
            return holidays.financial_holidays(self.market, years=years, categories=category, language="en_US")
        return holidays.country_holidays(self.country or "", years=years, categories=category, language="en_US")


SOURCES = {
    "TARGET": Source("settlement days of the euro (T2)", market="XECB"),
    "WEEKENDS": Source("every day but the weekend, without holidays"),
    "FEDWIRE": Source("business days of the Federal Reserve Banks", market="XFED"),
    "NEW_YORK": Source("trading days of the New York Stock Exchange", market="XNYS"),
    "TORONTO": Source("trading days of the Toronto Stock Exchange", market="XTSE"),
    "LONDON": Source("trading days of the London Stock Exchange", market="XLON"),
    "FRANKFURT": Source("trading days of Xetra", market="XETR"),
    "ZURICH": Source("trading days of SIX Swiss Exchange", market="XSWX"),
    "PARIS": Source("trading days of Euronext Paris", market="XPAR"),
    "MILAN": Source("trading days of Euronext Milan", market="XMIL"),
    "MADRID": Source("trading days of the Madrid Stock Exchange", market="XMAD"),
    "TOKYO": Source("trading days of the Tokyo Stock Exchange", market="XJPX"),
    "HONG_KONG": Source("trading days of the Hong Kong Stock Exchange", market="XHKG"),
    "SINGAPORE": Source("trading days of the Singapore Exchange", market="XSES"),
    "SYDNEY": Source("trading days of the Australian Securities Exchange", market="XASX"),
    "RIYADH": Source("trading days of the Saudi Exchange", market="XSAU"),
    "DUBAI": Source("working days of the United Arab Emirates' public sector", country="AE"),
    "TEL_AVIV": Source("Israel's working days", country="IL"),
}


def calendar(source: Source) -> dict[str, object]:
    """Return a calendar as it is in the file: weekdays from 1 (Monday), days with the name of the occasion."""
    closed = source.read("public")
    weekend = sorted({5, 6} if closed is None else closed.weekend)
    return {
        "days": source.days,
        "weekend": [weekday + 1 for weekday in weekend],
        "closed": _named(closed),
        "halfDays": _named(source.read("half_day"), apart_from=closed),
    }


def _named(days: HolidayBase | None, apart_from: HolidayBase | None = None) -> dict[str, str]:
    """Return the days with their occasion, weekends included: a customer may have a different one."""
    return {
        day.isoformat(): _occasion(name)
        for day, name in sorted((days or {}).items())
        if FIRST_YEAR <= day.year <= LAST_YEAR and (apart_from is None or day not in apart_from)
    }


def _occasion(name: str) -> str:
    """Return the first of several occasions that fall on one day."""
    return name.split("; ")[0]


def rendered() -> str:
    """Return the whole file."""
    content = {
        "$comment": f"Written by generate.sh from holidays {version('holidays')} (MIT). Do not edit.",
        "from": date(FIRST_YEAR, 1, 1).isoformat(),
        "to": date(LAST_YEAR, 12, 31).isoformat(),
        "calendars": {name: calendar(source) for name, source in SOURCES.items()},
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Write the file, or with --check report whether it is current."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write(USAGE)
        return 64
    if not arguments:
        FILE.write_text(rendered(), encoding="utf-8")
        return 0
    if FILE.is_file() and FILE.read_text(encoding="utf-8") == rendered():
        return 0
    sys.stderr.write(f"constructs/calendars/{FILE.name} is not current: run constructs/calendars/generate.sh\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
