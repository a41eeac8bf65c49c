"""The business date of a scheduled time, and which variant of the night it calls for."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from nightlane_runner.holidays import BusinessDayTest


def business_date(scheduled: datetime, timezone: ZoneInfo, roll_hour: int) -> date:
    """Return the business date that a night scheduled at this time works on.

    Args:
        scheduled: when the schedule fired, with its offset.
        timezone: the customer's.
        roll_hour: before this local hour the time belongs to the day before, so that a night that starts
            after midnight still is the night of the day that ended.

    """
    local = scheduled.astimezone(timezone)
    return local.date() - timedelta(days=1 if local.hour < roll_hour else 0)


def variant(day: date, is_business_day: BusinessDayTest) -> str:
    """Return quarter-end or month-end on the last business day of a quarter or month, else regular."""
    if not is_business_day(day):
        return "regular"
    following = day + timedelta(days=1)
    while not is_business_day(following):
        following += timedelta(days=1)
    if following.month == day.month and following.year == day.year:
        return "regular"
    return "quarter-end" if day.month % 3 == 0 else "month-end"
