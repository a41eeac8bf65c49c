"""What keeps a Job's pod from running: logged, reported as a trouble, and tolerated up to a deadline."""

from datetime import datetime

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.job.deadlines import ADVICE, TROUBLES, Deadlines
from nightlane_runner.job.driver_pod import is_over
from nightlane_runner.job.pending import Pending, Waiting, diagnose
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.json_tree import JsonObject
from nightlane_runner.step_log import StepLog
from nightlane_runner.trouble import TroubleKind, Troubles

_REPLACED_SECONDS = 15.0
"""How long a pod that has ended is no trouble: its Job's controller makes another after ten seconds at the earliest."""


class PendingLook:
    """Judges the pods of a Job that has none that is Ready.

    Args:
        cluster: where the Job is.
        deadlines: how long it may wait.
        troubles: is notified of what it waits for.
        log: for what a person should know.

    """

    def __init__(self, cluster: Cluster, deadlines: Deadlines, troubles: Troubles, log: StepLog) -> None:
        self._cluster = cluster
        self._deadlines = deadlines
        self._troubles = troubles
        self._log = log
        self._without_pod_since: datetime | None = None
        self._said = ""

    def reset(self) -> None:
        """Forget since when there is no pod: a Job that runs, or was resumed, has the full time again."""
        self._without_pod_since = None

    def look(self, job: RemoteJob, pods: list[JsonObject]) -> float | None:
        """Return in how many seconds to check again, None if nothing keeps the Job's pod from running.

        Raises:
            TakenBack: the deadline is over.
            Reported: the trouble has lasted.

        """
        pending = diagnose(job, pods, self._missing_since(pods))
        if pending is None or (pods and self._may_be_replaced(pending)):
            return None
        if str(pending) != self._said:
            self._said = str(pending)
            self._log.info(f"PENDING: {pending}")
        return min(self._deadlines.require_start(job, pending), self._note_trouble(job, pending))

    def _missing_since(self, pods: list[JsonObject]) -> datetime | None:
        """Return since when this runner has found no pod that has not ended: the Job's age shows nothing about that."""
        if not all(is_over(pod) for pod in pods):
            self._without_pod_since = None
        elif self._without_pod_since is None:
            self._without_pod_since = self._cluster.api.server_now()
        return self._without_pod_since

    def _may_be_replaced(self, pending: Pending) -> bool:
        """Whether a pod has just ended, and its Job's controller has yet to replace it or to call the Job failed."""
        if pending.waiting is not Waiting.NO_POD or pending.since is None:
            return False
        return self._cluster.api.seconds_since(pending.since) < _REPLACED_SECONDS

    def _note_trouble(self, job: RemoteJob, pending: Pending) -> float:
        events = self._deadlines.events(pending) if pending.waiting is Waiting.NO_POD else ""
        kind = TroubleKind.QUOTA if "exceeded quota" in events else TROUBLES[pending.waiting]

        def sentence() -> str:
            explained = events or self._deadlines.events(pending)
            return (
                f"Job {job.name} in {self._cluster.place} does not run: {pending}"
                f"{f' (events: {explained})' if explained else ''}; {ADVICE[kind]}."
            )

        return self._troubles.lasts(kind, sentence)
