"""Follows the driver's log in a thread of its own: whatever happens to the log, it never decides how a Job ended."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.api.errors import ApiRefused, ApiUnknown
from nightlane_runner.api.stream import ApiStream
from nightlane_runner.job.executor_refusal import executor_refusal
from nightlane_runner.step_log import StepLog

REOPEN_SECONDS = 5.0
"""First pause before an ended log is opened anew; it doubles while nothing new comes."""

LONGEST_REOPEN_SECONDS = 120.0


_STAMP = re.compile(r"(?P<seconds>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.(?P<fraction>\d{1,9}))?(?P<zone>Z|[+-]\d\d:\d\d)")


class LogPosition:
    """How far a log has been read, so that a log that is opened anew repeats nothing.

    The API server takes a time with whole seconds to resume from, and several lines may carry the same
    nanosecond: the lines of the last one seen are counted.
    """

    def __init__(self) -> None:
        self._last: tuple[int, int] | None = None
        self._lines_at_last = 0
        self._lines_to_skip = 0

    @property
    def last(self) -> datetime | None:
        """When the last line that was taken was written, in whole seconds."""
        return None if self._last is None else datetime.fromtimestamp(self._last[0], UTC)

    def query(self) -> dict[str, str]:
        """Return the parameters to open the log with, and expect what was already seen to come again."""
        self._lines_to_skip = self._lines_at_last
        if self._last is None:
            return {"timestamps": "true"}
        since = datetime.fromtimestamp(self._last[0], UTC)
        return {"timestamps": "true", "sinceTime": since.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def take(self, line: str) -> str | None:
        """Return the text of a line with a timestamp in front, None if it was seen before."""
        stamp, _, text = line.partition(" ")
        moment = _moment(stamp)
        if moment is None:
            return line  # the kubelet itself speaks, about a log that it cannot read
        if self._last is not None and moment < self._last:
            return None
        if moment != self._last:
            self._last, self._lines_at_last, self._lines_to_skip = moment, 1, 0
            return text
        if self._lines_to_skip:
            self._lines_to_skip -= 1
            return None
        self._lines_at_last += 1
        return text


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
        if self._thread.is_alive() and self._stream is not None:
            self._stream.abort()

    def _follow(self) -> None:
        pause = REOPEN_SECONDS
        while True:
            last_reading = self._over.is_set()
            taken = self._read(follow=not last_reading)
            if last_reading:
                return
            pause = REOPEN_SECONDS if taken else min(pause * 2, LONGEST_REOPEN_SECONDS)
            self._over.wait(pause)

    def _read(self, follow: bool) -> int:
        """Relay what is new and return how many lines that was."""
        taken = 0
        query = {**self._position.query(), **({"follow": "true"} if follow else {})}
        try:
            with self._cluster.log(self.pod, self._container, query) as stream:
                self._stream = stream
                while line := stream.read_line():
                    text = self._position.take(line.decode("utf-8", "replace").rstrip("\r\n"))
                    if text is not None:
                        self._log.relay("driver", text)
                        self._note_refusal(text)
                        taken += 1
            if follow:
                self._on_end()
        except ApiUnknown:
            return taken  # opened anew in a moment; an outage is reported by whoever reads the Job
        except ApiRefused as error:
            self._say_once(error)
        finally:
            self._stream = None
        return taken

    def _note_refusal(self, line: str) -> None:
        if reason := executor_refusal(line):
            self._executor_refusals = (self._executor_refusals[0] + 1, reason)

    def _say_once(self, error: ApiRefused) -> None:
        if error.message != self._refusal:
            self._refusal = error.message
            self._log.info(f"the driver's log cannot be read at the moment: {error.message}")


def _moment(stamp: str) -> tuple[int, int] | None:
    """Return a timestamp as seconds since 1970 and nanoseconds, which datetime alone would lose."""
    match = _STAMP.fullmatch(stamp)
    if match is None:
        return None
    whole = datetime.fromisoformat(f"{match['seconds']}{match['zone']}")
    return int(whole.timestamp()), int((match["fraction"] or "").ljust(9, "0"))
