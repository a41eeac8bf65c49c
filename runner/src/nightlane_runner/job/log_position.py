"""How far a log has been read, by the timestamps that the kubelet puts on its lines."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeAlias

Moment: TypeAlias = tuple[int, int]
"""Seconds since 1970, and nanoseconds."""

_NEAR_NANOSECONDS = 1_000_000
"""How much earlier than the last one a new line may be stamped: two streams of one container, written at once."""

_MOST_NEAR = 1000
"""How many stamps are kept before those that are no longer near are dropped."""

_CLOCK_STEP_NANOSECONDS = 1_000_000_000
"""A line that is stamped earlier by more than this was written after the node's clock was set back."""

_STAMP = re.compile(r"(?P<seconds>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.(?P<fraction>\d{1,9}))?(?P<zone>Z|[+-]\d\d:\d\d)")


class LogPosition:
    """How far a log has been read, so that a log that is opened again repeats nothing and leaves nothing out.

    Within one stream every line is new: several writers stamp their lines, nearly in the order in which they come, and
    a node's clock may be set back. Only lines of a log that was opened again are compared with what was seen. The API
    server takes a time with whole seconds to resume from, so the last lines that were seen come again first; if none
    of them does, the node has rotated the log in the meantime, and lines are missing.
    """

    def __init__(self) -> None:
        self._last: Moment | None = None
        self._near: dict[Moment, int] = {}
        self._to_skip: dict[Moment, int] = {}
        self._resuming = False
        self._met = False
        self.gap = False
        """Whether lines are missing before the one that was taken last."""
        self.stamped = True
        """Whether that is the container's, and not a message of the kubelet's."""

    @property
    def last(self) -> datetime | None:
        """When the last line that was taken was written, in whole seconds."""
        return None if self._last is None else datetime.fromtimestamp(self._last[0], UTC)

    @property
    def last_stamp(self) -> Moment | None:
        """The same to the nanosecond."""
        return self._last

    @property
    def lost(self) -> bool:
        """Whether a log that was opened again has shown nothing of what was seen before: its node has rotated it."""
        return self._resuming and not self._met

    def query(self) -> dict[str, str]:
        """Return the parameters to open the log with, and expect what was already seen to come again."""
        if self._last is None:
            return {"timestamps": "true"}
        self._resuming, self._to_skip, self._met = True, dict(self._near), False
        since = datetime.fromtimestamp(self._last[0], UTC)
        return {"timestamps": "true", "sinceTime": since.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def take(self, line: str) -> str | None:
        """Return the text of a line with a timestamp in front, None if it was seen before."""
        stamp, _, text = line.partition(" ")
        moment = moment_of(stamp)
        self.stamped = moment is not None
        if moment is None:
            return line  # a message of the kubelet's, about a log that it cannot read
        self.gap = False
        if self._resuming and self._was_seen(moment):
            return None
        self._note(moment)
        return text

    def _was_seen(self, moment: Moment) -> bool:
        last = self._last or moment
        if moment > last:
            self._resuming = False
            self.gap = not self._met
            return False
        self._met = True
        if _nanoseconds(moment, last) > _NEAR_NANOSECONDS:
            return True
        left = self._to_skip.get(moment, 0)
        self._to_skip[moment] = left - 1
        return left > 0

    def _note(self, moment: Moment) -> None:
        last = self._last
        if last is not None and 0 < _nanoseconds(moment, last) <= _CLOCK_STEP_NANOSECONDS:
            if _nanoseconds(moment, last) <= _NEAR_NANOSECONDS:
                self._near[moment] = self._near.get(moment, 0) + 1
            return
        # A clock that was set back counts from now on: better a line twice than one left out.
        if last is None or moment < last:
            self._near = {}
        elif len(self._near) > _MOST_NEAR:
            self._near = {
                seen: count for seen, count in self._near.items() if _nanoseconds(seen, moment) <= _NEAR_NANOSECONDS
            }
        self._last = moment
        self._near[moment] = self._near.get(moment, 0) + 1


def _nanoseconds(earlier: Moment, later: Moment) -> int:
    return (later[0] - earlier[0]) * 1_000_000_000 + later[1] - earlier[1]


def moment_of(stamp: str) -> Moment | None:
    """Return a timestamp as seconds since 1970 and nanoseconds, which datetime alone would lose."""
    match = _STAMP.fullmatch(stamp)
    if match is None:
        return None
    return _seconds(match["seconds"], match["zone"]), int((match["fraction"] or "").ljust(9, "0"))


@lru_cache(maxsize=8)
def _seconds(stamp: str, zone: str) -> int:
    """Return whole seconds since 1970; a log has many lines of one second."""
    return int(datetime.fromisoformat(f"{stamp}{zone}").timestamp())
