"""Follows a Job to its end: the watch and the log give hints, reading decides."""

import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.api.errors import ApiUnknown
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.job.watch import JobHint, JobSeen, JobVanished, JobWatch, LogEnded, WatchEnded
from nightlane_runner.outage import Outage
from nightlane_runner.step_log import StepLog

POLL_SECONDS = 90.0
"""How often the Job is read although the watch is quiet. Costs 40 requests an hour, the watch itself 12."""

_WAKE_SECONDS = 0.5
"""How often to check for orders and signals. Costs a file read, no request."""

_SHORT_WATCH_SECONDS = 30.0

_NEVER = float("inf")


class JobFollower:
    """Waits until one Job has a final condition, or is known to have done its work.

    Args:
        cluster: where the Job is.
        job: the Job as claimed; its UID identifies it.
        outage: patience with the API server.
        progress: called with each new observation while the Job goes on, and at least once a poll; returns in
            how many seconds it wants to be called again, or None where it found the Job's work done.
        hints: from the watch, and from others.
        check: called all the time; raises to give up.
        log: for what a person should know.

    """

    def __init__(
        self,
        cluster: Cluster,
        job: RemoteJob,
        outage: Outage,
        progress: Callable[[RemoteJob], float | None],
        hints: "SimpleQueue[JobHint]",
        check: Callable[[], None],
        log: StepLog,
    ) -> None:
        self._cluster = cluster
        self._job = job
        self._outage = outage
        self._progress = progress
        self._check = check
        self._log = log
        self._hints = hints
        self._watch: JobWatch | None = None
        self._watch_began = 0.0
        self._watch_not_before = 0.0
        self._next_reading = 0.0
        self._next_progress = _NEVER
        self._latest = job
        self._done = False
        self._said: set[str] = set()

    def follow(self) -> RemoteJob:
        """Return the Job as it was last seen, once it is complete, has failed, or its work is done.

        Raises:
            StepEnded: LOST once it is gone or replaced; INFRASTRUCTURE when the API server is away too long;
                whatever `progress` and `check` raise.

        """
        try:
            while True:
                self._check()
                now = time.monotonic()
                if now >= self._next_reading:
                    self._read()
                elif now >= self._next_progress and not self._outage.ongoing:
                    self._report_progress()
                else:
                    self._take_hint()
                if self._done:
                    return self._latest
        finally:
            if self._watch is not None:
                self._watch.close()

    def _take_hint(self) -> None:
        now = time.monotonic()
        due = min(self._next_reading, self._next_progress)
        try:
            hint = self._hints.get(timeout=max(0.0, min(due - now, _WAKE_SECONDS)))
        except Empty:
            return
        match hint:
            case JobSeen(job) if job.uid == self._job.uid and not (job.ended or job.deleting):
                self._latest = job
                self._report_progress()
            case JobSeen() | JobVanished():
                self._next_reading = 0.0
            case LogEnded():
                self._report_progress()
            case WatchEnded(reason):
                self._watch = None
                self._next_reading = min(self._next_reading, self._soon_after_watch(reason))

    def _soon_after_watch(self, reason: str) -> float:
        """Return when to read again: at once, but not over and over if watches do not last."""
        now = time.monotonic()
        if reason and not self._outage.ongoing:
            self._say_once(f"the watch on Job {self._job.name} ended ({reason}); reading the Job and watching again")
        lasted = now - self._watch_began
        self._watch_not_before = now if lasted > _SHORT_WATCH_SECONDS else now + _SHORT_WATCH_SECONDS - lasted
        return now

    def _read(self) -> None:
        try:
            reading = self._cluster.read_job(self._job.name)
        except ApiUnknown as error:
            self._next_reading = time.monotonic() + self._outage.failed(error)
            return
        self._outage.answered()
        self._next_reading = time.monotonic() + POLL_SECONDS
        job = self._must_be_there(reading.job)
        self._latest = job
        if job.ended:
            self._done = True
            return
        self._watch_from(reading.resource_version)
        self._report_progress()

    def _must_be_there(self, job: RemoteJob | None) -> RemoteJob:
        if job is None:
            raise StepEnded(
                ExitCode.LOST,
                f"Job {self._job.name} (uid {self._job.uid}) was deleted from {self._cluster.place} before its end was "
                "read, so how it ended is unknown. Find out who deleted it, then retry as a new attempt.",
            )
        if job.uid != self._job.uid:
            raise StepEnded(
                ExitCode.LOST,
                f"Job {job.name} in {self._cluster.place} was replaced: uid {job.uid} instead of "
                f"{self._job.uid}. The new "
                "one was left alone; find out who replaced it, then retry as a new attempt.",
            )
        return job

    def _watch_from(self, resource_version: str) -> None:
        now = time.monotonic()
        if self._watch is None and now >= self._watch_not_before:
            self._watch_began = now
            self._watch = JobWatch(self._cluster, self._job.name, resource_version, self._hints)
        elif self._watch is None:
            self._next_reading = min(self._next_reading, self._watch_not_before)

    def _report_progress(self) -> None:
        job = self._latest
        if job.failing is not None:
            self._say_once(f"Job {job.name} is about to fail: {job.failing}")
        if job.deleting:
            self._say_once(f"Job {job.name} is being deleted by somebody in the customer's cluster")
        again = self._progress(job)
        self._done = again is None
        self._next_progress = _NEVER if again is None else time.monotonic() + again

    def _say_once(self, line: str) -> None:
        if line not in self._said:
            self._said.add(line)
            self._log.info(line)
