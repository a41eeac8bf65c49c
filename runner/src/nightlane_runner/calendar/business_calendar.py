"""Which days a customer works, as the deployment wrote them; runs/business-calendar.ts is the same in TypeScript.

Both are held to runs/contract.json.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

LastDay: TypeAlias = Literal["last-of-month", "last-of-quarter", "last-of-year"]
"""The last business day of a period."""

LAST_DAYS: dict[LastDay, Callable[[date], object]] = {
    "last-of-month": lambda day: (day.year, day.month),
    "last-of-quarter": lambda day: (day.year, (day.month - 1) // 3),
    "last-of-year": lambda day: day.year,
}
"""The key that all days of a period share."""

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class UnknownDayError(ValueError):
    """A day outside of the years that a calendar knows. Nothing is guessed."""


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """The business days of one customer.

    Attributes:
        name: as people know it.
        first: first day that the calendar knows.
        last: last day that it knows, the end of a month.
        weekend: weekdays that are off, 1 (Monday) to 7 (Sunday).
        closed: days off besides the weekend, with the reason.
        worked: days worked although they are on the weekend or in `closed`, with the reason.
        half_days: business days that end early, with the reason.
        no_night: business days on which the schedule starts no night, with the reason.
        night_days: business days on which the schedule starts nights: weekdays, 1 (Monday) to 7 (Sunday), or the last
            one of each period; None for all of them.

    """

    name: str
    first: date
    last: date
    weekend: frozenset[int]
    closed: Mapping[date, str]
    worked: Mapping[date, str]
    half_days: Mapping[date, str]
    no_night: Mapping[date, str]
    night_days: tuple[int, ...] | LastDay | None = None

    def is_business_day(self, day: date) -> bool:
        """Return whether the customer works on a day.

        Raises:
            UnknownDayError: for a day that the calendar does not know.

        """
        if not self.first <= day <= self.last:
            raise UnknownDayError(
                f"{day} is outside of the calendar {self.name}, which knows the days from {self.first} to {self.last}"
            )
        return day in self.worked or (day not in self.closed and day.isoweekday() not in self.weekend)

    def has_night(self, day: date) -> bool:
        """Return whether the schedule's night of a day is due."""
        return self.is_business_day(day) and self._is_night_day(day) and day not in self.no_night

    def _is_night_day(self, day: date) -> bool:
        if self.night_days is None:
            return True
        if isinstance(self.night_days, tuple):
            return day.isoweekday() in self.night_days
        return self._is_last(day, LAST_DAYS[self.night_days])

    def _is_last(self, day: date, period_of: Callable[[date], object]) -> bool:
        """Return whether no business day of the same period comes after a day."""
        following = day + timedelta(days=1)
        while period_of(following) == period_of(day):
            if self.is_business_day(following):
                return False
            following += timedelta(days=1)
        return True

    def is_half_day(self, day: date) -> bool:
        """Return whether a day is a business day that ends early."""
        return self.is_business_day(day) and day in self.half_days

    def reason(self, day: date) -> str:
        """Return why a day's night is not an ordinary one, "" if it is."""
        if not self.is_business_day(day):
            return self.closed.get(day) or _WEEKDAYS[day.weekday()]
        if day not in self.no_night and not self._is_night_day(day):
            return f"its nights are for {_night_days_text(self.night_days)}"
        return self.no_night.get(day) or self.half_days.get(day) or self.worked.get(day) or ""

    def variant(self, day: date) -> str:
        """Return quarter-end or month-end on the last business day of a quarter or month, else regular."""
        if not self.is_business_day(day) or not self._is_last(day, LAST_DAYS["last-of-month"]):
            return "regular"
        return "quarter-end" if day.month % 3 == 0 else "month-end"


def _night_days_text(night_days: tuple[int, ...] | LastDay | None) -> str:
    if isinstance(night_days, tuple):
        return ", ".join(_WEEKDAYS[day - 1] for day in night_days)
    return f"the last business day of a {(night_days or '').removeprefix('last-of-')}"
