"""Which days a customer works, as the deployment wrote them; runs/business-calendar.ts says the same in TypeScript.

Both are held to runs/contract.json.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta


class UnknownDayError(ValueError):
    """A day outside of the years that a calendar knows. It is never guessed."""


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """The business days of one customer.

    Attributes:
        name: for people.
        first: first day that the calendar knows.
        last: last day that it knows, the end of a month.
        weekend: weekdays that are off, 1 (Monday) to 7 (Sunday).
        closed: days off besides the weekend, with the reason.
        worked: days worked although the weekend or `closed` has them, with the reason.
        half_days: business days that end early, with the reason.
        no_night: business days on which the schedule starts no night, with the reason.

    """

    name: str
    first: date
    last: date
    weekend: frozenset[int]
    closed: Mapping[date, str]
    worked: Mapping[date, str]
    half_days: Mapping[date, str]
    no_night: Mapping[date, str]

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
        return self.is_business_day(day) and day not in self.no_night

    def is_half_day(self, day: date) -> bool:
        """Return whether a day is a business day that ends early."""
        return self.is_business_day(day) and day in self.half_days

    def reason(self, day: date) -> str:
        """Return why a day is not an ordinary business day, "" for an ordinary one."""
        if not self.is_business_day(day):
            return self.closed.get(day) or f"{day:%A}"
        return self.no_night.get(day) or self.half_days.get(day) or self.worked.get(day) or ""

    def variant(self, day: date) -> str:
        """Return quarter-end or month-end on the last business day of a quarter or month, else regular."""
        if not self.is_business_day(day):
            return "regular"
        following = day + timedelta(days=1)
        while following.month == day.month:
            if self.is_business_day(following):
                return "regular"
            following += timedelta(days=1)
        return "quarter-end" if day.month % 3 == 0 else "month-end"
