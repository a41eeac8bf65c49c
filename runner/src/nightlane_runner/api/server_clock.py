"""The API server's clock, by the dates of its answers: the runner's own clock may differ."""

import time
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime


class ServerClock:
    """The time of one API server.

    Only the time that comes with a Kubernetes object counts: a balancer's own answer has the balancer's time.
    """

    def __init__(self) -> None:
        self._seen: tuple[datetime, float] | None = None

    def note(self, stamp: str, heard: float) -> None:
        """Note the date of an answer that came at a moment, by the monotonic clock."""
        try:
            moment = parsedate_to_datetime(stamp)
        except ValueError:
            return  # an unreadable date counts as none
        # So does one without a zone, which cannot be compared with any other.
        if moment.tzinfo is not None:
            self._seen = (moment, heard)

    def now(self) -> datetime | None:
        """Return the server's time, None before it has given an object."""
        if self._seen is None:
            return None
        stamp, heard = self._seen
        return stamp + timedelta(seconds=time.monotonic() - heard)

    def seconds_since(self, moment: datetime) -> float:
        """Return the age of something remote, 0 while the time is not known."""
        now = self.now()
        return 0.0 if now is None else (now - moment).total_seconds()
