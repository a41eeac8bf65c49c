"""All that a calendar says of a scheduled time; test/support/calendar-facts.ts says the same."""

from datetime import datetime
from zoneinfo import ZoneInfo

from nightlane_runner.calendar.business_calendar import BusinessCalendar
from nightlane_runner.calendar.business_date import business_date
from nightlane_runner.document.calendar_input import read_calendar
from nightlane_runner.document.input_check import InputReader, Problem
from nightlane_runner.json_tree import Json, JsonObject

ROLL_HOUR = 12


class UnreadableCalendar(Exception):
    """A calendar that the runner refuses."""


def calendar_from(tree: JsonObject) -> BusinessCalendar:
    """Read a calendar as the step `calendar` does."""
    problems: list[Problem] = []
    calendar = read_calendar(InputReader(tree, "calendar", problems))
    if problems:
        raise UnreadableCalendar("; ".join(map(str, problems)))
    return calendar


def calendar_facts(calendar: BusinessCalendar, timezone: str, scheduled: str) -> dict[str, Json]:
    """Return what the calendar says of a time."""
    day = business_date(datetime.fromisoformat(scheduled), ZoneInfo(timezone), ROLL_HOUR)
    return {
        "businessDate": day.isoformat(),
        "businessDay": calendar.is_business_day(day),
        "night": calendar.has_night(day),
        "halfDay": calendar.is_half_day(day),
        "variant": calendar.variant(day),
        "reason": calendar.reason(day),
    }
