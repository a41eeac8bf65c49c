"""What a Job that has not ended is doing: running with a log to relay, pending against a deadline, or paused."""

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.api.errors import ApiUnknown
from nightlane_runner.document.further_attempts import ProgramEnd
from nightlane_runner.document.step import SparkInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.job.driver_pod import (
    driver_end,
    first_failure,
    has_done_its_work,
    left_running,
    newest_pod,
    will_succeed,
)
from nightlane_runner.job.executor_look import FIRST_LOOKS_SECONDS, ExecutorLook, executors_own
from nightlane_runner.job.log_follow import LogFollower
from nightlane_runner.job.pending import Pending, Waiting, diagnose, event_texts
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.job.watch import JobHint, LogEnded
from nightlane_runner.json_tree import JsonObject, number_at, objects_at, text_at
from nightlane_runner.step_log import StepLog
from nightlane_runner.trouble import TO_RUN, TroubleKind, Troubles

_LOOKS_SECONDS = (1.0, 2.0, 5.0, 15.0, 30.0)
"""Pauses between the first looks at a pending Job's pods."""

_LATER_LOOKS_SECONDS = 90.0

_END_LOOK_SECONDS = 0.2
"""Pause between looks at a driver whose log has ended."""

_END_LOOKS = 15
"""How many looks an ended log is worth: the kubelet says within two seconds that a container has ended."""

_LOG_TAIL_SECONDS = 10.0

_NEVER = float("inf")

_TROUBLES = {
    Waiting.NO_POD: TroubleKind.NO_POD,
    Waiting.UNSCHEDULABLE: TroubleKind.UNSCHEDULABLE,
    Waiting.IMAGE_PULL: TroubleKind.IMAGE,
    Waiting.STARTING: TroubleKind.STARTING,
    Waiting.NODE_SILENT: TroubleKind.NODE_LOST,
    Waiting.LEAVING: TroubleKind.NODE_LOST,
}

_ADVICE = {
    TroubleKind.QUOTA: "have room made in the customer's quota",
    TroubleKind.NO_POD: "have what refuses the pod looked at",
    TroubleKind.UNSCHEDULABLE: "have room made in the cluster",
    TroubleKind.IMAGE: "have the image name and the registry's access checked",
    TroubleKind.STARTING: "have the pod's events looked at",
    TroubleKind.NODE_LOST: "have the node looked at; if it is lost, have the pod removed by force",
}


class TakenBack(StepEnded):
    """The Job did not start, or not end, within its deadline. Nobody waits for it any more: it is to be deleted."""


class JobProgress:
    """Observes one Job between its start and its end.

    Args:
        cluster: where the Job is.
        spark: how long it may take to start and to end.
        selector: selects everything of its step.
        hints: gets a hint when the driver's log has ended.
        at_log_end: called then, for what can be done before the driver's end is known, with the seconds that the Job
            has left.
        troubles: gets to know what keeps the Job from running.
        log: for what a person should know.

    """

    def __init__(
        self,
        cluster: Cluster,
        spark: SparkInput,
        selector: str,
        hints: "SimpleQueue[JobHint]",
        at_log_end: Callable[[float], None],
        troubles: Troubles,
        log: StepLog,
    ) -> None:
        self._cluster = cluster
        self._spark = spark
        self._hints = hints
        self._at_log_end = at_log_end
        self._troubles = troubles
        self._executors = ExecutorLook(
            cluster, troubles, executors_own(spark.job, selector), self._silent_seconds, self._executor_refusals
        )
        self._next_executor_look = _NEVER
        self._driver: JsonObject = {}
        self._log = log
        self._container = text_at(_first(objects_at(spark.job, "spec", "template", "spec", "containers")), "name")
        self._follower: LogFollower | None = None
        self._running = False
        self._paused = False
        self._said = ""
        self._looks = 0
        self._next_look = 0.0
        self._end_looks = 0
        self._log_over = threading.Event()
        self._surely_ends = False

    def observe(self, job: RemoteJob) -> float | None:
        """Take note of a Job and return in how many seconds to observe it again, None once it has done its work.

        Raises:
            TakenBack: its deadline is over. A suspended Job has none; a resumed one begins again.
            Reported: a trouble has lasted, or one that was reported is over.

        """
        self._note_pause(job)
        if job.suspended:
            return self._troubles.lasts(TroubleKind.SUSPENDED, lambda: self._suspension(job))
        self._troubles.over(TroubleKind.SUSPENDED)
        if self._awaits_end(job):
            return None if self._has_done_its_work(job) else _END_LOOK_SECONDS
        left = self._time_left(job)
        if job.ready_pods > 0:
            self._troubles.over(*TO_RUN)
            return min(left, self._relay_log(job), self._look_at_executors())
        self._running = False
        wait = self._next_look - time.monotonic()
        return min(left, wait if wait > 0 else self._look(job))

    def end(self, job: RemoteJob) -> str:
        """Relay the rest of the log of a Job that ended, and return how its driver ended ("" if nobody knows)."""
        try:
            pod = self._newest_pod(job.name)
        except ApiUnknown as error:
            self._log.info(f"the end of the driver's log may be missing: {error}")
            pod = None
        self._surely_ends = job.ended or (pod is not None and will_succeed(pod))
        # A pod may be gone already (node lost, garbage collection): the Job's condition stands without it.
        if pod is not None:
            self._follow(pod)
        if self._follower is not None:
            self._follower.finish(_LOG_TAIL_SECONDS)
        return driver_end(pod, self._container) if pod is not None else ""

    def first_failure(self, job: RemoteJob) -> ProgramEnd | None:
        """Return how the program ended with which its Job failed, None where it failed of something else.

        Raises ApiUnknown.
        """
        return first_failure(job, self._cluster.pods_of_job(job.name), self._container)

    @property
    def surely_ends(self) -> bool:
        """Whether at its `end` the Job had a final condition, or nothing could keep it from being complete."""
        return self._surely_ends

    def may_run_again(self, job: RemoteJob) -> bool:
        """Return whether a Job that has done its work, and was read just now, may make another pod, or has.

        A container beside the driver that runs on, or has failed, keeps it from being complete. Raises ApiUnknown.
        """
        if job.ended or job.deleting:
            return False
        pod = self._newest_pod(job.name)
        return pod is None or not (has_done_its_work(job, pod, self._container) and will_succeed(pod))

    def _note_log_end(self) -> None:
        self._log_over.set()
        self._hints.put(LogEnded())

    def _awaits_end(self, job: RemoteJob) -> bool:
        """Whether the driver's log has ended a moment ago, so that it is worth a look whether the driver has."""
        if self._log_over.is_set():
            self._log_over.clear()
            self._at_log_end(self._seconds_left(job))
            self._end_looks = _END_LOOKS
        return self._end_looks > 0

    def _has_done_its_work(self, job: RemoteJob) -> bool:
        self._end_looks -= 1
        if number_at(self._spark.job, "spec", "completions") > 1:
            return False  # one of several pods says nothing of the others: the Job's condition does
        try:
            pod = self._newest_pod(job.name)
        except ApiUnknown:
            return False  # an outage is counted where the Job is read
        if pod is None or driver_end(pod, self._container):
            self._end_looks = 0
        if pod is None or not has_done_its_work(job, pod, self._container):
            return False
        if left := left_running(pod, self._container):
            self._log.info(
                f"beside the driver of Job {job.name}, which has ended, {', '.join(left)} runs on and keeps the Job "
                "from ending; it is deleted once its results are in place. Ask the customer to keep such containers "
                "out of Jobs"
            )
        return True

    def _seconds_left(self, job: RemoteJob) -> float:
        limit = self._spark.timeout_seconds
        if limit is None or job.began is None:
            return _NEVER
        return limit - self._cluster.api.seconds_since(job.began)

    def _time_left(self, job: RemoteJob) -> float:
        if (left := self._seconds_left(job)) > 0:
            return left
        current = self._read_again(job)
        if current is None:
            return _LOOKS_SECONDS[0]
        if (left := self._seconds_left(current)) > 0:
            return left
        raise TakenBack(
            ExitCode.APPLICATION,
            f"Job {job.name} in {self._cluster.place} did not end within its {self._spark.timeout_seconds} s and was "
            "deleted. Read the driver's log, then give the step more time or retry as a new attempt.",
        )

    def _read_again(self, job: RemoteJob) -> RemoteJob | None:
        """Read a Job, and with it the time, once more before a deadline deletes it; None where that is not to be."""
        try:
            current = self._cluster.read_job(job.name).job
        except ApiUnknown:
            return None  # an outage is counted where the Job is read
        if current is None or current.uid != job.uid or current.ended or current.suspended:
            return None
        return current

    def _note_pause(self, job: RemoteJob) -> None:
        if job.suspended and not self._paused:
            self._log.info(
                f"PAUSED: Job {job.name} {_suspended_by(job)}; its deadlines stand still until it is resumed, and it "
                "then begins anew"
            )
        elif self._paused and not job.suspended:
            self._log.info(f"Job {job.name} was resumed")
            self._looks, self._next_look = 0, 0.0
        self._paused = job.suspended

    def _relay_log(self, job: RemoteJob) -> float:
        if self._running:
            return _NEVER
        try:
            pod = self._newest_pod(job.name)
        except ApiUnknown:
            return _LOOKS_SECONDS[-1]  # an outage is counted where the Job is read
        if pod is None:
            return _LOOKS_SECONDS[0]
        self._running = True
        self._driver = pod
        if self._spark.executors:
            self._next_executor_look = time.monotonic() + FIRST_LOOKS_SECONDS
        self._log.info(f"RUNNING: pod {text_at(pod, 'metadata', 'name')}")
        self._follow(pod)
        return _NEVER

    def _look_at_executors(self) -> float:
        wait = self._next_executor_look - time.monotonic()
        if wait > 0:
            return wait
        pause = self._executors.look(self._driver)
        self._next_executor_look = time.monotonic() + pause
        return pause

    def _silent_seconds(self) -> float:
        last = self._follower.last_line if self._follower is not None else None
        # Without a line nobody can tell a driver that writes nothing from a log that cannot be read.
        return 0.0 if last is None else self._cluster.api.seconds_since(last)

    def _executor_refusals(self) -> tuple[int, str]:
        return (0, "") if self._follower is None else self._follower.executor_refusals

    def _follow(self, pod: JsonObject) -> None:
        name = text_at(pod, "metadata", "name")
        if self._follower is not None and self._follower.pod == name:
            return
        if self._follower is not None:
            self._follower.finish(_LOG_TAIL_SECONDS)
        self._follower = LogFollower(self._cluster, name, self._container, self._log, self._note_log_end)

    def _look(self, job: RemoteJob) -> float:
        pause = _LOOKS_SECONDS[self._looks] if self._looks < len(_LOOKS_SECONDS) else _LATER_LOOKS_SECONDS
        self._looks += 1
        try:
            pending = diagnose(job, self._cluster.pods_of_job(job.name))
            if pending is not None:
                self._say(pending)
                pause = min(pause, self._left(job, pending), self._note_trouble(job, pending))
        except ApiUnknown:
            pause = _LOOKS_SECONDS[-1]  # no verdict on the Job: an outage is counted where the Job is read
        self._next_look = time.monotonic() + pause
        return pause

    def _note_trouble(self, job: RemoteJob, pending: Pending) -> float:
        events = self._events(pending) if pending.waiting is Waiting.NO_POD else ""
        kind = TroubleKind.QUOTA if "exceeded quota" in events else _TROUBLES[pending.waiting]

        def sentence() -> str:
            told = events or self._events(pending)
            return (
                f"Job {job.name} in {self._cluster.place} does not run: {pending}"
                f"{f' (events: {told})' if told else ''}; {_ADVICE[kind]}."
            )

        return self._troubles.lasts(kind, sentence)

    def _suspension(self, job: RemoteJob) -> str:
        return (
            f"Job {job.name} in {self._cluster.place} {_suspended_by(job)}; its deadlines stand still, and it begins "
            "again once it is resumed."
        )

    def _left(self, job: RemoteJob, pending: Pending) -> float:
        """Return how many seconds are left to the deadline, by the remote clock."""
        pull = pending.waiting is Waiting.IMAGE_PULL
        limit = self._spark.image_pull_seconds if pull else self._spark.pending_seconds
        if pending.since is None or pending.waiting.has_run:
            return _NEVER
        age = self._cluster.api.seconds_since(pending.since)
        if age < limit:
            return limit - age
        if self._read_again(job) is None:
            return _LOOKS_SECONDS[0]
        if (age := self._cluster.api.seconds_since(pending.since)) < limit:
            return limit - age
        events = self._events(pending)
        raise TakenBack(
            ExitCode.INFRASTRUCTURE,
            f"Job {job.name} in {self._cluster.place} did not run within {limit} s: {pending}"
            f"{f' (events: {events})' if events else ''}. It was deleted; {_ADVICE[_TROUBLES[pending.waiting]]}, "
            "then retry.",
        )

    def _events(self, pending: Pending) -> str:
        return event_texts(self._cluster.events(pending.subject_kind, pending.subject_name))

    def _say(self, pending: Pending) -> None:
        if str(pending) != self._said:
            self._said = str(pending)
            self._log.info(f"PENDING: {pending}")

    def _newest_pod(self, job_name: str) -> JsonObject | None:
        return newest_pod(self._cluster.pods_of_job(job_name))


def _suspended_by(job: RemoteJob) -> str:
    if job.queue:
        return f"waits in the customer's queue {job.queue} until there is room"
    return "was suspended by a person, or by a queue that takes Jobs which name none"


def _first(items: list[JsonObject]) -> JsonObject:
    return items[0] if items else {}
