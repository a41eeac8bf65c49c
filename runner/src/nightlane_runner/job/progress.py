"""What a Job that has not ended is doing: running with a log to relay, pending against a deadline, or paused."""

import time
from collections.abc import Callable
from queue import SimpleQueue

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.api.errors import ApiUnknown
from nightlane_runner.document.further_attempts import ProgramEnd
from nightlane_runner.document.step import SparkInput
from nightlane_runner.job.deadlines import Deadlines, TakenBack
from nightlane_runner.job.driver_pod import (
    driver_end,
    driver_runs,
    first_failure,
    has_done_its_work,
    newest_pod,
    will_succeed,
)
from nightlane_runner.job.job_pods import JobPods, PodsUnknown
from nightlane_runner.job.pending_look import PendingLook
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.job.running_driver import RunningDriver
from nightlane_runner.job.watch import JobHint, LogEnded
from nightlane_runner.json_tree import JsonObject
from nightlane_runner.step_log import StepLog
from nightlane_runner.trouble import TO_RUN, TroubleKind, Troubles

_LOOKS_SECONDS = (1.0, 2.0, 5.0, 15.0, 30.0)
"""Pauses between the first checks of the pods of a Job without a Ready one."""

_LATER_LOOKS_SECONDS = 90.0

_UNSEEN_SECONDS = 600.0
"""How long a Job may outlive its deadline because its pods cannot be read, which may have done its work."""


class JobProgress:
    """Observes one Job between its start and its end.

    Args:
        cluster: where the Job is.
        spark: how long it may take to start and to end.
        selector: selects everything of its step.
        hints: gets a hint when the driver's log has ended.
        at_log_end: called then, for what can be done before the driver's end is known, with the seconds that the Job
            has left.
        known_done: whether some runner has seen a Job's work done.
        troubles: is notified of what keeps the Job from running.
        log: for what a person should know.

    """

    def __init__(
        self,
        cluster: Cluster,
        spark: SparkInput,
        selector: str,
        hints: "SimpleQueue[JobHint]",
        at_log_end: Callable[[float], None],
        known_done: Callable[[RemoteJob], bool],
        troubles: Troubles,
        log: StepLog,
    ) -> None:
        self._cluster = cluster
        self._at_log_end = at_log_end
        self._known_done = known_done
        self._troubles = troubles
        self._log = log
        self._pods = JobPods(cluster, log)
        self._deadlines = Deadlines(cluster, spark, log)
        self._pending = PendingLook(cluster, self._deadlines, troubles, log)
        self._driver = RunningDriver(cluster, spark, selector, self._pods, troubles, log, lambda: hints.put(LogEnded()))
        self._paused = False
        self._looks = 0
        self._next_look = 0.0
        self._surely_ends = False
        self._unseen_since: float | None = None

    def observe(self, job: RemoteJob) -> float | None:
        """Take note of a Job and return in how many seconds to observe it again, None once it has done its work.

        Raises:
            TakenBack: its deadline is over, and its work is not done. A suspended Job has none; a resumed one starts
                over.
            StepEnded: INFRASTRUCTURE if its pods may not be listed for too long.
            Reported: a trouble has lasted, or one that was reported is over.

        """
        self._note_pause(job)
        if job.suspended:
            return self._troubles.lasts(TroubleKind.SUSPENDED, lambda: self._suspension(job))
        self._troubles.over(TroubleKind.SUSPENDED)
        if self._driver.log_has_ended():
            self._at_log_end(self._deadlines.seconds_left(job))
        if (soon := self._driver.awaits_end) is not None:
            return None if self._driver.look_for_end(job) else soon
        try:
            return self._observe_in_time(job)
        except TakenBack as end:
            return self._observe_late(job, end)

    def _observe_late(self, job: RemoteJob, end: TakenBack) -> float | None:
        """Return as `observe`, for a Job whose deadline is over: its work may be done, since nobody could see it."""
        if self._known_done(job):
            return None
        try:
            pod = newest_pod(self._pods.of(job.name))
        except PodsUnknown as unknown:
            now = time.monotonic()
            self._unseen_since = now if self._unseen_since is None else self._unseen_since
            if now - self._unseen_since >= _UNSEEN_SECONDS:
                raise end from unknown
            return unknown.pause
        if self._driver.has_ended_well(job, pod):
            return None
        raise end

    def _observe_in_time(self, job: RemoteJob) -> float | None:
        left = self._deadlines.require_end(job)
        if job.ready_pods > 0:
            self._troubles.over(*TO_RUN)
            self._begin_looks_anew()
            return min(left, self._driver.look(job))
        self._driver.is_not_seen()
        wait = self._next_look - time.monotonic()
        again = wait if wait > 0 else self._look(job)
        return None if again is None else min(left, again)

    def end(self, job: RemoteJob) -> str:
        """Relay the rest of the log of a Job that ended, and return how its driver ended ("" if nobody knows)."""
        try:
            pod = newest_pod(self._cluster.pods_of_job(job.name))
        except ApiUnknown as error:
            self._log.info(f"the end of the driver's log may be missing: {error}")
            pod = None
        self._surely_ends = job.ended or (pod is not None and will_succeed(pod))
        # A pod may be gone already (node lost, garbage collection): the Job's condition counts without it.
        self._driver.finish_log(pod)
        return driver_end(pod, self._driver.container) if pod is not None else ""

    def first_failure(self, job: RemoteJob) -> ProgramEnd | None:
        """Return how the program ended that made its Job fail, None if the Job failed for another reason.

        Raises ApiUnknown.
        """
        return first_failure(job, self._cluster.pods_of_job(job.name), self._driver.container)

    @property
    def surely_ends(self) -> bool:
        """Whether at its `end` the Job had a final condition, or nothing could keep it from being complete."""
        return self._surely_ends

    def may_run_again(self, job: RemoteJob) -> bool:
        """Return whether a Job that has done its work, and was read just now, may make another pod, or has.

        A container beside the driver that still runs, or has failed, keeps it from being complete. Raises ApiUnknown.
        """
        if job.ended or job.deleting:
            return False
        pod = newest_pod(self._cluster.pods_of_job(job.name))
        return pod is None or not (has_done_its_work(job, pod, self._driver.container) and will_succeed(pod))

    def _look(self, job: RemoteJob) -> float | None:
        pause = _LOOKS_SECONDS[self._looks] if self._looks < len(_LOOKS_SECONDS) else _LATER_LOOKS_SECONDS
        self._looks += 1
        try:
            again = self._judge(job, self._pods.of(job.name), pause)
        except PodsUnknown as unknown:
            again = unknown.pause
        if again is not None:
            self._next_look = time.monotonic() + again
        return again

    def _judge(self, job: RemoteJob, pods: list[JsonObject], pause: float) -> float | None:
        pod = newest_pod(pods)
        if self._driver.has_ended_well(job, pod):
            return None
        if (pending := self._pending.look(job, pods)) is not None:
            return min(pause, pending)
        if pod is None or not driver_runs(pod, self._driver.container):
            return pause
        # A container that somebody has put beside it is not Ready, and may never be: the driver works all the same.
        self._troubles.over(*TO_RUN)
        return min(pause, self._driver.look_at(pod))

    def _begin_looks_anew(self) -> None:
        self._looks, self._next_look = 0, 0.0
        self._pending.reset()

    def _note_pause(self, job: RemoteJob) -> None:
        if job.suspended and not self._paused:
            self._log.info(
                f"PAUSED: Job {job.name} {_suspended_by(job)}; its deadlines stand still until it is resumed, and it "
                "then starts over"
            )
        elif self._paused and not job.suspended:
            self._log.info(f"Job {job.name} was resumed")
            self._begin_looks_anew()
        self._paused = job.suspended

    def _suspension(self, job: RemoteJob) -> str:
        return (
            f"Job {job.name} in {self._cluster.place} {_suspended_by(job)}; its deadlines stand still, and it begins "
            "again once it is resumed."
        )


def _suspended_by(job: RemoteJob) -> str:
    if job.queue:
        return f"waits in the customer's queue {job.queue} until there is room"
    return "was suspended by a person, or by a queue that takes Jobs which name none"
