"""Follows the driver's log in a thread of its own: whatever happens to the log, it never decides how a Job ended."""

import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.api.errors import ApiRefused, ApiUnknown
from nightlane_runner.api.stream import ApiStream
from nightlane_runner.job.executor_refusal import executor_refusal
from nightlane_runner.job.log_position import LogPosition, moment_of
from nightlane_runner.pauses import Pauses
from nightlane_runner.step_log import LONGEST_LINE, StepLog

REOPEN_SECONDS = 5.0
"""First pause before an ended log is opened again; it doubles while nothing new comes."""

LONGEST_REOPEN_SECONDS = 120.0

TAIL_LINES = 200
"""Number of last lines to fetch of a log whose rest takes too long."""

_MOST_FOREIGN = 10_000
"""How many lines of one answer that are not the container's are remembered: the kubelet's message, a gateway's page."""

_END_ROTATED = (
    "the end of the driver's log may be missing here: its node has rotated it, and shows only what was written since"
)


class LogFollower:
    """Relays one container's log line by line until `finish` is called.

    Args:
        cluster: where the pod is.
        pod: its name.
        container: which of its containers.
        log: gets the lines.
        on_end: called in another thread each time the log ends by itself, as it does when the
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
        """How often the log reported that an executor's pod was refused, and why the last time."""
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
        """Relay the last lines of a log whose rest took too long, if they come within this time."""
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
        fresh = [text for text in tail if last is None or (moment_of(text.partition(" ")[0]) or last) > last]
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
        pauses = Pauses(REOPEN_SECONDS, LONGEST_REOPEN_SECONDS)
        while not self._cut:
            last_reading = self._over.is_set()
            try:
                taken = self._read(follow=not last_reading)
            except Exception as error:  # noqa: BLE001 - whatever it is, the log is opened again
                self._log.info(f"following the driver's log failed ({type(error).__name__}); it is opened again")
                taken = 0
            if last_reading:
                return
            if taken:
                pauses.reset()
            self._over.wait(pauses.next())

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
            # A log that ends at once without a line shows trouble of the kubelet's, not the driver's end.
            if follow and (taken or time.monotonic() - began > REOPEN_SECONDS):
                self._on_end()
        except ApiUnknown:
            return taken  # opened again in a moment; an outage is reported where the Job is read
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
        """Relay a line that is not the container's: once, though each opening returns the whole page again."""
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
