"""How long a Job may take to start and to end, by the remote clock; after that, it is taken back."""

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.api.errors import ApiUnknown, NotPermitted
from nightlane_runner.document.step import SparkInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import GO_ON, StepEnded
from nightlane_runner.job.pending import Pending, Waiting, event_texts
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.trouble import TroubleKind

_READ_AGAIN_SECONDS = 1.0

_NEVER = float("inf")

TROUBLES = {
    Waiting.NO_POD: TroubleKind.NO_POD,
    Waiting.UNSCHEDULABLE: TroubleKind.UNSCHEDULABLE,
    Waiting.IMAGE_PULL: TroubleKind.IMAGE,
    Waiting.STARTING: TroubleKind.STARTING,
    Waiting.NODE_SILENT: TroubleKind.NODE_LOST,
    Waiting.LEAVING: TroubleKind.NODE_LOST,
}
"""The trouble that each wait is reported as."""

ADVICE = {
    TroubleKind.QUOTA: "have room made in the customer's quota",
    TroubleKind.NO_POD: "have what refuses the pod checked",
    TroubleKind.UNSCHEDULABLE: "have room made in the cluster",
    TroubleKind.IMAGE: "have the image name and the registry's access checked",
    TroubleKind.STARTING: "have the pod's events checked",
    # A Job's pod that is deleted by force stays until it counts as ended: its Job's finalizer holds it.
    TroubleKind.NODE_LOST: "have the node checked; if it is lost, have it deleted, or tainted as out of service",
}
"""What helps in each trouble."""


class TakenBack(StepEnded):
    """The Job did not start, or not end, within its deadline. Nobody waits for it any more: it must be deleted."""


class Deadlines:
    """The limits of one step's Job.

    Args:
        cluster: where the Job is.
        spark: how long it may take.

    """

    def __init__(self, cluster: Cluster, spark: SparkInput) -> None:
        self._cluster = cluster
        self._spark = spark

    def seconds_left(self, job: RemoteJob) -> float:
        """Return how long a Job may still take, less than 0 after its deadline."""
        limit = self._spark.timeout_seconds
        own = _NEVER if limit is None or job.began is None else limit - self._cluster.api.seconds_since(job.began)
        return min(own, self._night_left(job))

    def _night_left(self, job: RemoteJob) -> float:
        """Return the seconds left until the night's limit. A person wants a later attempt that began after it."""
        limit = self._spark.end_within
        if limit is None or (job.attempt > 1 and job.began is not None and job.began >= limit.moment):
            return _NEVER
        return -self._cluster.api.seconds_since(limit.moment)

    def require_end(self, job: RemoteJob) -> float:
        """Return in how many seconds a Job must have ended; raises TakenBack after its deadline."""
        if (left := self.seconds_left(job)) > 0:
            return left
        current = self._read_again(job)
        if current is None:
            return _READ_AGAIN_SECONDS
        if (left := self.seconds_left(current)) > 0:
            return left
        within = f"its {self._spark.timeout_seconds} s" if self._night_left(current) > 0 else self._spark.end_within
        raise TakenBack(
            ExitCode.APPLICATION,
            f"Job {job.name} in {self._cluster.place} did not end within {within} and was "
            "deleted. Read the driver's log, then give the step more time or retry as a new attempt.",
        )

    def require_start(self, job: RemoteJob, pending: Pending) -> float:
        """Return in how many seconds a Job that waits for this must have started.

        Raises:
            TakenBack: the deadline is over.
            StepEnded: LOST if its driver's pod has not gone in that time. Its program may still run on a node that
                nobody reaches, so the Job is left as it is.

        """
        pull = pending.waiting is Waiting.IMAGE_PULL
        limit = self._spark.image_pull_seconds if pull else self._spark.pending_seconds
        if pending.since is None or pending.waiting is Waiting.NODE_SILENT:
            return _NEVER  # a silent node may come back with a driver that has gone on
        age = self._cluster.api.seconds_since(pending.since)
        if age < limit:
            return limit - age
        if self._read_again(job) is None:
            return _READ_AGAIN_SECONDS
        if (age := self._cluster.api.seconds_since(pending.since)) < limit:
            return limit - age
        events = self.events(pending)
        what = (
            f"Job {job.name} in {self._cluster.place} did not run within {limit} s: {pending}"
            f"{f' (events: {events})' if events else ''}."
        )
        advice = ADVICE[TROUBLES[pending.waiting]]
        if pending.waiting is Waiting.LEAVING:
            raise StepEnded(ExitCode.LOST, f"{what} It is left as it is; {advice}, {GO_ON}.")
        raise TakenBack(ExitCode.INFRASTRUCTURE, f"{what} It was deleted; {advice}, then retry.")

    def events(self, pending: Pending) -> str:
        """Return what the events say, "" if nothing is known: they only explain, and no limit waits for them."""
        try:
            return event_texts(self._cluster.events(pending.subject_kind, pending.subject_name))
        except NotPermitted as error:
            return f"they may not be listed: {error}; {error.remedy}"
        except ApiUnknown:
            return ""

    def _read_again(self, job: RemoteJob) -> RemoteJob | None:
        """Read a Job, and with it the time, once more before a deadline deletes it; None if it must not be deleted."""
        try:
            current = self._cluster.read_job(job.name).job
        except ApiUnknown:
            return None  # an outage is counted where the Job is read
        if current is None or current.uid != job.uid or current.ended or current.suspended:
            return None
        return current
