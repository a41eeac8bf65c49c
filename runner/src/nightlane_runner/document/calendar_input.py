"""Reads a customer's calendar from a step's input."""

from collections.abc import Mapping
from datetime import date

from nightlane_runner.calendar.business_calendar import LAST_DAYS, BusinessCalendar, LastDay
from nightlane_runner.document.input_check import InputReader

_EXAMPLE = "2026-12-24"


def is_day(text: str) -> bool:
    """Return whether a text is a day of the calendar, YYYY-MM-DD, from 1970 to 2999."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    return day.isoformat() == text and 1970 <= day.year <= 2999


def read_calendar(section: InputReader) -> BusinessCalendar:
    """Return the calendar of a section; what is wrong in it becomes problems."""
    section.known_keys("name", "from", "to", "weekend", "closed", "worked", "halfDays", "noNight", "nightDays")
    first, last = _day(section, "from"), _day(section, "to")
    if last < first:
        section.problem("to", "must not be before from", "let it be the last day that the calendar knows")
    return BusinessCalendar(
        name=section.text("name", "must be a name", 'write it like "TARGET"'),
        first=first,
        last=last,
        weekend=_weekend(section),
        closed=_reasons(section, "closed"),
        worked=_reasons(section, "worked"),
        half_days=_reasons(section, "halfDays"),
        no_night=_reasons(section, "noNight"),
        night_days=_night_days(section),
    )


def _night_days(section: InputReader) -> tuple[int, ...] | LastDay | None:
    if not section.has("nightDays"):
        return None
    if section.is_text("nightDays"):
        named = section.text("nightDays", "must be a word", "", lambda _: True)
        for known in LAST_DAYS:
            if named == known:
                return known
        section.problem("nightDays", f"must be one of {', '.join(LAST_DAYS)}", "or write weekdays, like [5]")
        return None
    days = section.numbers("nightDays", "must be a list of weekdays", "write each as 1 (Monday) to 7 (Sunday)")
    if not days or set(days) - set(range(1, 8)):
        section.problem("nightDays", "must be weekdays from 1 to 7", "write it like [5]")
    return tuple(days)


def _day(section: InputReader, key: str) -> date:
    text = section.text(key, "must be a day", f'write it like "{_EXAMPLE}"', is_day)
    return date.fromisoformat(text) if text else date.min


def _weekend(section: InputReader) -> frozenset[int]:
    week = set(range(1, 8))
    days = section.numbers("weekend", "must be a list of weekdays", "write each as 1 (Monday) to 7 (Sunday)")
    if set(days) - week or not week - set(days):
        section.problem("weekend", "must be weekdays from 1 to 7 that leave one to work", "write it like [6, 7]")
    return frozenset(days)


def _reasons(section: InputReader, key: str) -> Mapping[date, str]:
    tree = section.tree(key)
    reasons = {day: reason for day, reason in tree.items() if is_day(day) and isinstance(reason, str) and reason}
    if len(reasons) < len(tree):
        section.problem(key, "must be days with their reasons", f'write it like {{"{_EXAMPLE}": "Christmas Eve"}}')
    return {date.fromisoformat(day): reason for day, reason in reasons.items()}
