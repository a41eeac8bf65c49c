"""A running driver: its log is relayed, its executors are checked, and its end is seen before its Job reports it."""

import threading
import time
from collections.abc import Callable

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.document.step import SparkInput
from nightlane_runner.job.driver_pod import driver_end, has_done_its_work, is_over, left_running, newest_pod
from nightlane_runner.job.executor_look import FIRST_LOOKS_SECONDS, ExecutorLook, executors_own
from nightlane_runner.job.job_pods import JobPods, PodsUnknown
from nightlane_runner.job.log_follow import LogFollower
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.json_tree import JsonObject, number_at, objects_at, text_at
from nightlane_runner.step_log import StepLog
from nightlane_runner.trouble import Troubles

_NO_POD_YET_SECONDS = 1.0

_END_LOOK_SECONDS = 0.2
"""Pause between checks of a driver whose log has ended."""

_END_LOOKS = 15
"""How many checks follow the end of a log: the kubelet reports within two seconds that a container has ended."""

LOG_TAIL_SECONDS = 10.0
"""How long the rest of the log of a pod that has ended may take."""

_NEVER = float("inf")


class RunningDriver:
    """Attends to the pod in which a Job's driver runs and, whenever another one takes its place, to that one.

    Args:
        cluster: where the pod is.
        spark: what runs.
        selector: selects everything of its step.
        pods: reads the Job's pods.
        troubles: is notified of what the driver lacks.
        log: gets the driver's log, and what a person should know.
        on_log_end: called in another thread when the log has ended.

    """

    def __init__(
        self,
        cluster: Cluster,
        spark: SparkInput,
        selector: str,
        pods: JobPods,
        troubles: Troubles,
        log: StepLog,
        on_log_end: Callable[[], None],
    ) -> None:
        self._cluster = cluster
        self._spark = spark
        self._own = executors_own(spark.job, selector)
        self._pods = pods
        self._troubles = troubles
        self._log = log
        self._on_log_end = on_log_end
        self.container = _driver_container(spark.job)
        """The name of the driver's container; any other in the pod was put there by somebody else."""
        self._pod: JsonObject = {}
        self._seen_version: str | None = None
        self._follower: LogFollower | None = None
        self._executors: ExecutorLook | None = None
        self._next_executor_look = _NEVER
        self._end_looks = 0
        self._log_over = threading.Event()

    def look(self, job: RemoteJob) -> float:
        """Attend to a Job with a Ready pod, and return in how many seconds to check again.

        Its pods are read once for each state of the Job: during an outage, another one may have taken the driver's
        place.

        Raises:
            StepEnded: as `JobPods.select`.
            Reported: a trouble has lasted, or one that was reported is over.

        """
        if self._seen_version != job.version:
            try:
                pods = self._pods.of(job.name)
            except PodsUnknown as unknown:
                return unknown.pause
            pod = self._current(pods)
            if pod is None:
                return _NO_POD_YET_SECONDS
            self._seen_version = job.version
            self._turn_to(pod)
        return self._look_at_executors()

    def look_at(self, pod: JsonObject) -> float:
        """Attend to a driver that runs in a pod that is not Ready; return as `look`."""
        self._turn_to(pod)
        return self._look_at_executors()

    def is_not_seen(self) -> None:
        """Note that the Job has no Ready pod: the next one is checked, even if it is the same."""
        self._seen_version = None

    def log_has_ended(self) -> bool:
        """Return whether the log has ended since the last call, so that the driver's end is near."""
        ended = self._log_over.is_set()
        self._log_over.clear()
        if ended:
            self._end_looks = _END_LOOKS
        return ended

    @property
    def awaits_end(self) -> float | None:
        """How soon to check whether the driver has ended, None if its log does not suggest it."""
        return _END_LOOK_SECONDS if self._end_looks > 0 else None

    def look_for_end(self, job: RemoteJob) -> bool:
        """Check whether the driver has ended well, as its log suggests."""
        self._end_looks -= 1
        try:
            pod = newest_pod(self._pods.of(job.name))
        except PodsUnknown:
            return False
        if pod is None or driver_end(pod, self.container):
            self._end_looks = 0
        return self.has_ended_well(job, pod)

    def has_ended_well(self, job: RemoteJob, pod: JsonObject | None) -> bool:
        """Return whether the driver in a Job's newest pod has ended so that the Job's work is done."""
        if number_at(self._spark.job, "spec", "completions") > 1:
            return False  # one of several pods shows nothing about the others: the Job's condition does
        if pod is None or not has_done_its_work(job, pod, self.container):
            return False
        if left := left_running(pod, self.container):
            self._log.info(
                f"beside the driver of Job {job.name}, which has ended, {', '.join(left)} still runs and keeps the Job "
                "from ending; it is deleted once its results are in place. Ask the customer to keep such containers "
                "out of Jobs"
            )
        return True

    def finish_log(self, pod: JsonObject | None) -> None:
        """Relay the rest of the log, of this pod if there still is one."""
        if pod is not None:
            self._follow(pod)
        if self._follower is not None:
            self._follower.finish(LOG_TAIL_SECONDS)

    def _current(self, pods: list[JsonObject]) -> JsonObject | None:
        """Return the pod that is attended to for as long as it has not ended, then the newest one."""
        own = text_at(self._pod, "metadata", "name")
        kept = next((pod for pod in pods if text_at(pod, "metadata", "name") == own and not is_over(pod)), None)
        return newest_pod(pods) if kept is None else kept

    def _turn_to(self, pod: JsonObject) -> None:
        if text_at(pod, "metadata", "name") == text_at(self._pod, "metadata", "name"):
            return
        self._pod = pod
        self._log.info(f"RUNNING: pod {text_at(pod, 'metadata', 'name')}")
        self._follow(pod)
        if self._spark.executors:
            # What another driver's executors did shows nothing about this one's.
            self._executors = ExecutorLook(
                self._pods,
                self._cluster.place,
                self._troubles,
                self._own,
                self._silent_seconds,
                self._executor_refusals,
            )
            self._next_executor_look = time.monotonic() + FIRST_LOOKS_SECONDS

    def _look_at_executors(self) -> float:
        wait = self._next_executor_look - time.monotonic()
        if wait > 0 or self._executors is None:
            return wait
        pause = self._executors.look(self._pod)
        self._next_executor_look = time.monotonic() + pause
        return pause

    def _silent_seconds(self) -> float:
        last = self._follower.last_line if self._follower is not None else None
        # Without a line, a driver that writes nothing cannot be distinguished from a log that cannot be read.
        return 0.0 if last is None else self._cluster.api.seconds_since(last)

    def _executor_refusals(self) -> tuple[int, str]:
        return (0, "") if self._follower is None else self._follower.executor_refusals

    def _follow(self, pod: JsonObject) -> None:
        name = text_at(pod, "metadata", "name")
        if self._follower is not None and self._follower.pod == name:
            return
        if self._follower is not None:
            self._follower.finish(LOG_TAIL_SECONDS)
        self._follower = LogFollower(self._cluster, name, self.container, self._log, self._note_log_end)

    def _note_log_end(self) -> None:
        self._log_over.set()
        self._on_log_end()


def _driver_container(job: JsonObject) -> str:
    """Return the name of the first container of a Job's template, "" if it has none."""
    return next((text_at(one, "name") for one in objects_at(job, "spec", "template", "spec", "containers")), "")
