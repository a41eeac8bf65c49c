"""Calendars and scheduled times as no person would think of them."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

FIRST = date(2024, 1, 1)
LAST = date(2027, 12, 31)

# Zones whose rules are some years old: each language brings its own database, and a country that has just changed its
# clocks is in the newer one only.
ZONES = (
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Riyadh",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)


def random_calendar(random: Random) -> dict[str, Any]:
    """Return a calendar: some with hardly a day off, some with hardly a day to work."""
    return {
        "name": "RANDOM",
        "from": FIRST.isoformat(),
        "to": LAST.isoformat(),
        "weekend": random.sample(range(1, 8), random.randint(0, 6)),
        "closed": _days(random, "closed"),
        "worked": _days(random, "worked"),
        "halfDays": _days(random, "half day"),
        "noNight": _days(random, "no night"),
        **random.choice(({}, {}, {"nightDays": _night_days(random)})),
    }


def _night_days(random: Random) -> str | list[int]:
    weekdays = random.sample(range(1, 8), random.randint(1, 6))
    return random.choice(("last-of-month", "last-of-quarter", "last-of-year", weekdays))


def random_times(random: Random, count: int) -> list[str]:
    """Return times between the calendar's ends, each second as likely as the others, a third near a month's end."""
    first = datetime(FIRST.year, 1, 3, tzinfo=UTC)
    seconds = int((datetime(LAST.year, 12, 29, tzinfo=UTC) - first).total_seconds())
    return [_near_month_end(random) if random.random() < 1 / 3 else _text(first, random, seconds) for _ in range(count)]


def _near_month_end(random: Random) -> str:
    year, month = random.randint(FIRST.year, LAST.year), random.randint(2, 12)
    return _text(datetime(year, month, 1, tzinfo=UTC) - timedelta(days=5), random, 6 * 24 * 3600)


def _text(start: datetime, random: Random, seconds: int) -> str:
    return (start + timedelta(seconds=random.randrange(seconds))).isoformat().replace("+00:00", "Z")


def _days(random: Random, reason: str) -> dict[str, str]:
    known = (LAST - FIRST).days + 1
    days = random.sample(range(known), random.choice((0, 5, 50, 500)))
    return {(FIRST + timedelta(days=day)).isoformat(): f"{reason} {day}" for day in days}
