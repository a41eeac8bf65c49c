"""Business-day calendars, computed for any year."""

from collections.abc import Callable
from datetime import date, timedelta

BusinessDayTest = Callable[[date], bool]

_SATURDAY = 5


def easter_sunday(year: int) -> date:
    """Return the Gregorian Easter Sunday.

    The golden number places the ecclesiastical full moon, the century corrections shift it, and the Sunday
    after it is Easter (the rule as Gauss and Butcher reduced it to integer arithmetic).
    """
    golden = year % 19
    century, year_of_century = divmod(year, 100)
    skipped_leap_days, century_phase = divmod(century, 4)
    moon_correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - skipped_leap_days - moon_correction + 15) % 30
    leap_years, year_phase = divmod(year_of_century, 4)
    days_to_sunday = (32 + 2 * century_phase + 2 * leap_years - epact - year_phase) % 7
    late_moon = (golden + 11 * epact + 22 * days_to_sunday) // 451
    month, day = divmod(epact + days_to_sunday - 7 * late_moon + 114, 31)
    return date(year, month, day + 1)


def target_holidays(year: int) -> frozenset[date]:
    """Return the closing days of the Eurosystem's payment system T2 (TARGET) that may fall on a weekday."""
    easter = easter_sunday(year)
    return frozenset(
        {
            date(year, 1, 1),
            easter - timedelta(days=2),
            easter + timedelta(days=1),
            date(year, 5, 1),
            date(year, 12, 25),
            date(year, 12, 26),
        }
    )


def business_day_test(calendar: str, extra_holidays: frozenset[date]) -> BusinessDayTest:
    """Return the test whether a day is a business day.

    Args:
        calendar: TARGET (weekends and TARGET closing days are off) or WEEKENDS (weekends are off).
        extra_holidays: further days that are off.

    """

    def is_business_day(day: date) -> bool:
        if day.weekday() >= _SATURDAY or day in extra_holidays:
            return False
        return calendar != "TARGET" or day not in target_holidays(day.year)

    return is_business_day
