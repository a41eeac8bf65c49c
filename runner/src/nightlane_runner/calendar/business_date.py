"""The business date of a scheduled time."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


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
