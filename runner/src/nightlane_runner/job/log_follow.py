"""Follows the driver's log in a thread of its own: whatever happens to the log, it never decides how a Job ended."""

import re
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeAlias

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.api.errors import ApiRefused, ApiUnknown
from nightlane_runner.api.stream import ApiStream
from nightlane_runner.job.executor_refusal import executor_refusal
from nightlane_runner.step_log import LONGEST_LINE, StepLog

REOPEN_SECONDS = 5.0
"""First pause before an ended log is opened anew; it doubles while nothing new comes."""

LONGEST_REOPEN_SECONDS = 120.0

TAIL_LINES = 200
"""Last lines that are fetched of a log whose rest takes too long."""

_Moment: TypeAlias = tuple[int, int]
"""Seconds since 1970, and nanoseconds."""

_NEAR_NANOSECONDS = 1_000_000
"""So much earlier than the last a new line may be stamped: two streams of one container, written at once."""

_MOST_NEAR = 1000
"""So many stamps are kept before those are let go that are near no longer."""

_MOST_FOREIGN = 10_000
"""So many lines of one answer are known again that are not the container's: the kubelet's word, a gateway's page."""

_CLOCK_STEP_NANOSECONDS = 1_000_000_000
"""A line that is stamped earlier by more than this was written after the node's clock was set back."""

_STAMP = re.compile(r"(?P<seconds>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.(?P<fraction>\d{1,9}))?(?P<zone>Z|[+-]\d\d:\d\d)")


_END_ROTATED = (
    "the end of the driver's log may be missing here: its node has rotated it, and shows only what was written since"
)


class LogPosition:
    """How far a log has been read, so that a log that is opened anew repeats nothing and leaves nothing out.

    Within one stream every line is new: several writers stamp their lines, nearly in the order in which they come, and
    a node's clock may be set back. Only lines of a log that was opened anew are compared with what was seen. The API
    server takes a time with whole seconds to resume from, so the last lines that were seen come again first; where none
    of them does, the node has rotated the log meanwhile and lines are missing.
    """

    def __init__(self) -> None:
        self._last: _Moment | None = None
        self._near: dict[_Moment, int] = {}
        self._to_skip: dict[_Moment, int] = {}
        self._resuming = False
        self._met = False
        self.gap = False
        """Whether lines are missing before the one that was taken last."""
        self.stamped = True
        """Whether that is the container's, and not the kubelet's own word."""

    @property
    def last(self) -> datetime | None:
        """When the last line that was taken was written, in whole seconds."""
        return None if self._last is None else datetime.fromtimestamp(self._last[0], UTC)

    @property
    def last_stamp(self) -> _Moment | None:
        """The same to the nanosecond."""
        return self._last

    @property
    def lost(self) -> bool:
        """Whether a log that was opened anew has shown nothing of what was seen before: its node has rotated it."""
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
        moment = _moment(stamp)
        self.stamped = moment is not None
        if moment is None:
            return line  # the kubelet itself speaks, about a log that it cannot read
        self.gap = False
        if self._resuming and self._was_seen(moment):
            return None
        self._note(moment)
        return text

    def _was_seen(self, moment: _Moment) -> bool:
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

    def _note(self, moment: _Moment) -> None:
        last = self._last
        if last is not None and 0 < _nanoseconds(moment, last) <= _CLOCK_STEP_NANOSECONDS:
            if _nanoseconds(moment, last) <= _NEAR_NANOSECONDS:
                self._near[moment] = self._near.get(moment, 0) + 1
            return
        # A clock that was set back counts from now on: rather a line twice than one left out.
        if last is None or moment < last:
            self._near = {}
        elif len(self._near) > _MOST_NEAR:
            self._near = {
                seen: count for seen, count in self._near.items() if _nanoseconds(seen, moment) <= _NEAR_NANOSECONDS
            }
        self._last = moment
        self._near[moment] = self._near.get(moment, 0) + 1


class LogFollower:
    """Relays one container's log line by line until `finish` is called.

    Args:
        cluster: where the pod is.
        pod: its name.
        container: which of its containers.
        log: gets the lines.
        on_end: called in another thread each time that the log came to an end of its own, as it does when the
            container ends (a time limit on the way ends it, too).

    """

    def __init__(self, cluster: Cluster, pod: str, container: str, log: StepLog, on_end: Callable[[], None]) -> None:
        self.pod = pod
        self._on_end = on_end
        self._cluster = cluster
        self._container = container
        self._log = log
        self._refusal = ""
        self._executor_refusals: tuple[int, str] = (0, "")
        self._position = LogPosition()
        self._foreign: set[int] = set()
        self._foreign_before: set[int] = set()
        self._cut = False
        self._over = threading.Event()
        self._stream: ApiStream | None = None
        self._thread = threading.Thread(target=self._follow, name="log-follow", daemon=True)
        self._thread.start()

    @property
    def last_line(self) -> datetime | None:
        """When the last line was written, by the remote clock; None before the first."""
        return self._position.last

    @property
    def executor_refusals(self) -> tuple[int, str]:
        """How often the log said that an executor's pod was refused, and why the last time."""
        return self._executor_refusals

    def finish(self, seconds: float) -> None:
        """Take the rest of the log of a container that has ended, but for no longer than this."""
        self._over.set()
        self._thread.join(seconds)
        if not self._thread.is_alive():
            return
        self._cut = True
        if self._stream is not None:
            self._stream.abort()
        self._thread.join(seconds)
        self._relay_tail(seconds)

    def _relay_tail(self, seconds: float) -> None:
        """Relay the last lines of a log of which there was no time to relay the rest, if they come within so long."""
        tail: deque[str] = deque(maxlen=TAIL_LINES)
        streams: list[ApiStream] = []
        said: list[str] = []
        over = threading.Event()

        def fetch() -> None:
            try:
                query = {"timestamps": "true", "tailLines": str(TAIL_LINES)}
                with self._cluster.log(self.pod, self._container, query) as stream:
                    streams.append(stream)
                    while not over.is_set() and (line := stream.read_line()):
                        tail.append(line[:LONGEST_LINE].decode("utf-8", "replace").rstrip("\r\n"))
                said.append("")
            except (ApiUnknown, ApiRefused) as error:
                said.append(str(error))

        thread = threading.Thread(target=fetch, name="log-tail", daemon=True)
        thread.start()
        thread.join(seconds)
        wrong = said[0] if said else f"its last lines did not come within {seconds:.0f} s"
        over.set()
        for stream in streams:
            stream.abort()
        if wrong:
            self._log.info(f"the rest of the driver's log is missing here, there was no time for it: {wrong}")
            return
        if not tail:
            self._log.info(_END_ROTATED)
        last = self._position.last_stamp
        fresh = [text for text in tail if last is None or (_moment(text.partition(" ")[0]) or last) > last]
        if len(fresh) == len(tail) > 0:
            until = tail[0].partition(" ")[0]
            since = self._position.last
            self._log.info(
                f"the driver's log from {since or 'its beginning'} to {until} is missing here: there was no time for "
                "it; its last lines are"
            )
        for text in fresh:
            self._log.relay("driver", text.partition(" ")[2])

    def _follow(self) -> None:
        pause = REOPEN_SECONDS
        while not self._cut:
            last_reading = self._over.is_set()
            try:
                taken = self._read(follow=not last_reading)
            except Exception as error:  # noqa: BLE001 - whatever it is, the log is opened anew
                self._log.info(f"following the driver's log failed ({type(error).__name__}); it is opened anew")
                taken = 0
            if last_reading:
                return
            pause = REOPEN_SECONDS if taken else min(pause * 2, LONGEST_REOPEN_SECONDS)
            self._over.wait(pause)

    def _read(self, follow: bool) -> int:
        """Relay what is new and return how many lines that was."""
        taken = 0
        began = time.monotonic()
        if self._foreign:
            self._foreign_before, self._foreign = self._foreign, set()
        query = {**self._position.query(), **({"follow": "true"} if follow else {})}
        try:
            with self._cluster.log(self.pod, self._container, query) as stream:
                self._stream = stream
                while line := stream.read_line():
                    if self._cut:
                        return taken
                    taken += self._take(line.decode("utf-8", "replace").rstrip("\r\n"))
                    if not stream.has_more:
                        self._log.flush()
            if not follow and self._position.lost:
                self._log.info(_END_ROTATED)
            # One that ends at once and says nothing is the kubelet's trouble, not the driver's end.
            if follow and (taken or time.monotonic() - began > REOPEN_SECONDS):
                self._on_end()
        except ApiUnknown:
            return taken  # opened anew in a moment; an outage is reported by whoever reads the Job
        except ApiRefused as error:
            self._say_once(error)
        finally:
            self._stream = None
        return taken

    def _take(self, line: str) -> int:
        """Relay a line if it is new, and return how many lines of the driver's that is."""
        text = self._position.take(line)
        if not self._position.stamped:
            self._relay_foreign(line)
            return 0
        if text is None:
            return 0
        if self._position.gap:
            self._log.info("lines of the driver's log are missing here: its node has rotated it before they were read")
        self._log.relay("driver", text, more=True)
        self._note_refusal(text)
        return 1

    def _relay_foreign(self, line: str) -> None:
        """Relay a line that is not the container's: once, though each opening brings the whole page again."""
        mark = hash(line)
        if mark not in self._foreign and mark not in self._foreign_before:
            self._log.relay("driver", line)
        if len(self._foreign) < _MOST_FOREIGN:
            self._foreign.add(mark)

    def _note_refusal(self, line: str) -> None:
        if reason := executor_refusal(line):
            self._executor_refusals = (self._executor_refusals[0] + 1, reason)

    def _say_once(self, error: ApiRefused) -> None:
        if error.message != self._refusal:
            self._refusal = error.message
            self._log.info(f"the driver's log cannot be read at the moment: {error.message}")


def _nanoseconds(earlier: _Moment, later: _Moment) -> int:
    return (later[0] - earlier[0]) * 1_000_000_000 + later[1] - earlier[1]


def _moment(stamp: str) -> _Moment | None:
    """Return a timestamp as seconds since 1970 and nanoseconds, which datetime alone would lose."""
    match = _STAMP.fullmatch(stamp)
    if match is None:
        return None
    return _seconds(match["seconds"], match["zone"]), int((match["fraction"] or "").ljust(9, "0"))


@lru_cache(maxsize=8)
def _seconds(stamp: str, zone: str) -> int:
    """Return whole seconds since 1970; a log has many lines of one second."""
    return int(datetime.fromisoformat(f"{stamp}{zone}").timestamp())
