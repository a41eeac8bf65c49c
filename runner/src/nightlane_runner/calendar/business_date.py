"""The business date of a scheduled time."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def business_date(scheduled: datetime, timezone: ZoneInfo, roll_hour: int) -> date:
    """Return the business date of a night that is scheduled for this time.

    Args:
        scheduled: when the schedule fired, with its offset.
        timezone: the customer's.
        roll_hour: before this local hour a time belongs to the day before, so that a night that starts
            after midnight is still the night of the day that ended.

    """
    local = scheduled.astimezone(timezone)
    return local.date() - timedelta(days=1 if local.hour < roll_hour else 0)
