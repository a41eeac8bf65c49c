"""How long after the night's start a step may still run."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from nightlane_runner.document.input_check import InputReader


@dataclass(frozen=True, slots=True)
class NightLimit:
    """When an attempt that still runs is ended.

    Attributes:
        moment: when.
        seconds: how long that is after the night's start.

    """

    moment: datetime
    seconds: int

    def __str__(self) -> str:
        return f"{self.seconds} s from the night's start, which was at {_stamp(self.moment, self.seconds)}"


def read_night_limit(section: InputReader) -> NightLimit:
    """Read the section; whatever is wrong with it becomes a problem."""
    section.known_keys("start", "seconds")
    start, seconds = section.count("start"), section.count("seconds")
    return NightLimit(datetime.fromtimestamp(start, UTC) + timedelta(seconds=seconds), seconds)


def _stamp(moment: datetime, seconds: int) -> str:
    return (moment - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
