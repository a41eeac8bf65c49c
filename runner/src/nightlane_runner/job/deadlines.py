"""How long a Job may take to start and to end, by the remote clock; after that, it is taken back.

A clock may be wrong, so none deletes a Job by itself: all that the runner knows must agree, or the runner must have
seen that much time pass itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from nightlane_runner.api import server_clock
from nightlane_runner.api.cluster import Cluster
from nightlane_runner.api.errors import ApiUnknown, NotPermitted
from nightlane_runner.document.step import SparkInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import GO_ON, StepEnded
from nightlane_runner.job.pending import Pending, Waiting, event_texts
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.step_log import StepLog
from nightlane_runner.trouble import TroubleKind

_READ_AGAIN_SECONDS = 1.0

_DISAGREE_SECONDS = 60.0
"""How far clocks may be apart before a person hears of it."""

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


@dataclass(frozen=True, slots=True)
class _Limit:
    """How long something may take.

    Attributes:
        since: since when, by the remote clock.
        seconds: how long.
        text: that, as in "within ...".

    """

    since: datetime
    seconds: float
    text: str


class Deadlines:
    """The limits of one step's Job.

    Args:
        cluster: where the Job is.
        spark: how long it may take.
        log: for what a person should know.

    """

    def __init__(self, cluster: Cluster, spark: SparkInput, log: StepLog) -> None:
        self._cluster = cluster
        self._spark = spark
        self._log = log
        self._seen: dict[datetime, float] = {}
        self._said = False

    def seconds_left(self, job: RemoteJob) -> float:
        """Return how long a Job may still take, less than 0 after its deadline."""
        return min((self._left(limit) for limit in self._limits(job)), default=_NEVER)

    def _limits(self, job: RemoteJob) -> list[_Limit]:
        """Return the night's limit and the Job's own. A person wants a later attempt that began after the night's."""
        night, own = self._spark.end_within, self._spark.timeout_seconds
        limits = []
        if night is not None and not (job.attempt > 1 and job.began is not None and job.began >= night.moment):
            limits.append(_Limit(night.moment - timedelta(seconds=night.seconds), night.seconds, str(night)))
        if own is not None and job.began is not None:
            limits.append(_Limit(job.began, own, f"its {own} s"))
        return limits

    def _left(self, limit: _Limit) -> float:
        """Return the seconds that are left by the server's clock alone."""
        self._seen.setdefault(limit.since, server_clock.uptime())
        return limit.seconds - self._cluster.api.seconds_since(limit.since)

    def _surely_left(self, job: RemoteJob, limit: _Limit) -> float:
        """Return the seconds that are left until nobody can doubt that the time is over."""
        left = self._left(limit)
        seen = server_clock.uptime() - self._seen[limit.since]
        surely = limit.seconds - max(self._cluster.api.surely_since(limit.since), seen)
        if left <= 0 and surely > _DISAGREE_SECONDS and not self._said:
            self._said = True
            self._log.info(
                f"The clocks disagree about Job {job.name} in {self._cluster.place}: by the API server's, {limit.text} "
                f"are over; by an earlier answer of it, or by this runner's own, {surely:.0f} s are left. The Job is "
                "not deleted before they agree, or this runner has seen that time pass; have the clocks of the "
                "customer's API servers and of the central nodes checked."
            )
        return max(left, surely)

    def require_end(self, job: RemoteJob) -> float:
        """Return in how many seconds a Job must have ended; raises TakenBack after its deadline."""
        if (left := self.seconds_left(job)) > 0:
            return left
        current = self._read_again(job)
        if current is None:
            return _READ_AGAIN_SECONDS
        left = _NEVER
        for limit in self._limits(current):
            left = min(left, self._surely_left(current, limit))
            if left <= 0:
                raise TakenBack(
                    ExitCode.APPLICATION,
                    f"Job {job.name} in {self._cluster.place} did not end within {limit.text} and was "
                    "deleted. Read the driver's log, then give the step more time or retry as a new attempt.",
                )
        return left

    def require_start(self, job: RemoteJob, pending: Pending) -> float:
        """Return in how many seconds a Job that waits for this must have started.

        Raises:
            TakenBack: the deadline is over.
            StepEnded: LOST if its driver's pod has not gone in that time. Its program may still run on a node that
                nobody reaches, so the Job is left as it is.

        """
        pull = pending.waiting is Waiting.IMAGE_PULL
        seconds = self._spark.image_pull_seconds if pull else self._spark.pending_seconds
        if pending.since is None or pending.waiting is Waiting.NODE_SILENT:
            return _NEVER  # a silent node may come back with a driver that has gone on
        limit = _Limit(pending.since, seconds, f"the {seconds} s for its start")
        if (left := self._left(limit)) > 0:
            return left
        if self._read_again(job) is None:
            return _READ_AGAIN_SECONDS
        if (left := self._surely_left(job, limit)) > 0:
            return left
        events = self.events(pending)
        what = (
            f"Job {job.name} in {self._cluster.place} did not run within {seconds} s: {pending}"
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
        """Read a Job, and with it the time, over a new connection; None if no deadline may delete it."""
        self._cluster.api.reconnect()
        try:
            current = self._cluster.read_job(job.name).job
        except ApiUnknown:
            return None  # an outage is counted where the Job is read
        if current is None or current.uid != job.uid or current.ended or current.suspended:
            return None
        return current
