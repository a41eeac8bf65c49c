"""The API server's clock, by the dates of its answers: the runner's own clock may differ."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def uptime() -> float:
    """Return how long this machine has been running; other than the monotonic clock, it goes on in a suspend."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def own_time() -> datetime:
    """Return the time by this machine's own clock."""
    return datetime.now(UTC)


class ServerClock:
    """The time of one API server.

    Only the time that comes with a Kubernetes object counts: a balancer's own answer has the balancer's time.
    """

    def __init__(self) -> None:
        self._first: tuple[datetime, float] | None = None
        self._latest: tuple[datetime, float] | None = None

    def note(self, stamp: str, heard: float) -> None:
        """Note the date of an answer that came at a moment, by `uptime`."""
        try:
            moment = parsedate_to_datetime(stamp)
        except ValueError:
            return  # an unreadable date counts as none
        # So does one without a zone, which cannot be compared with any other.
        if moment.tzinfo is not None:
            self._latest = (moment, heard)
            self._first = self._first or self._latest

    def now(self) -> datetime | None:
        """Return the server's time, None before it has given an object."""
        return _carried_on(self._latest)

    def seconds_since(self, moment: datetime) -> float:
        """Return the age of something remote, 0 while the time is not known."""
        return _age(moment, self.now())

    def surely_since(self, moment: datetime) -> float:
        """Return the same by the clock that is the furthest behind, of all that the runner knows.

        Those are the server's, the one that the first answer had, carried on since, and the runner's own: of several
        servers behind one address, one may be hours ahead.
        """
        return min(_age(moment, time) for time in (self.now(), _carried_on(self._first), own_time()))


def _carried_on(reading: tuple[datetime, float] | None) -> datetime | None:
    if reading is None:
        return None
    stamp, heard = reading
    return stamp + timedelta(seconds=uptime() - heard)


def _age(moment: datetime, now: datetime | None) -> float:
    return 0.0 if now is None else (now - moment).total_seconds()
