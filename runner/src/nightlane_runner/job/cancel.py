"""Takes remote work back: Jobs, then every pod of theirs, in the time left to a container that is being ended."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.api.errors import ApiRefused, ApiUnknown
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.json_tree import JsonObject, text_at
from nightlane_runner.pauses import pause
from nightlane_runner.step_log import StepLog

_LOOK_AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Target:
    """What to take back.

    Attributes:
        name: its name in messages.
        jobs: finds its Jobs.
        pods: finds its pods, no matter who made them.

    """

    name: str
    jobs: Callable[[], list[RemoteJob]]
    pods: Callable[[], list[JsonObject]]


def one_job(cluster: Cluster, job_name: str, spec_hash: str, pod_selector: str) -> Target:
    """Return one Job and its pods as a target.

    Args:
        cluster: where they are.
        job_name: the Job's name.
        spec_hash: only a Job with this hash is this step's.
        pod_selector: labels of the step's pods. They name the step, whatever the attempt; of these the Job's are
            those named after it, drivers and executors alike.

    """

    def jobs() -> list[RemoteJob]:
        job = cluster.read_job(job_name).job
        return [job] if job is not None and job.spec_hash == spec_hash else []

    def pods() -> list[JsonObject]:
        found = cluster.pods(pod_selector)
        return [pod for pod in found if text_at(pod, "metadata", "name").startswith(f"{job_name}-")]

    return Target(f"Job {job_name}", jobs, pods)


def all_of(cluster: Cluster, what: str, selector: str) -> Target:
    """Return every Job and pod with these labels as a target."""
    return Target(what, lambda: cluster.jobs(selector), lambda: cluster.pods(selector))


class Cancellation:
    """Deletes Nightlane's Jobs that have not ended, and sweeps their pods.

    A pod may be created at the very moment its Job is deleted, so the pods are looked for, by label, until none
    is left that is not being deleted.

    Args:
        cluster: where they are.
        target: which Jobs and pods.
        require_charge: raises if another runner has taken over.
        log: for what a person should know.
        may_appear: a Job may still be created by a request that was sent before: its absence confirms nothing.

    """

    def __init__(
        self,
        cluster: Cluster,
        target: Target,
        require_charge: Callable[[], object],
        log: StepLog,
        *,
        may_appear: bool = False,
    ) -> None:
        self._cluster = cluster
        self._target = target
        self._require_charge = require_charge
        self._log = log
        self._may_appear = may_appear
        self.deleted: set[str] = set()
        """Names of what was deleted."""

    def run(self, deadline: float) -> bool:
        """Cancel until confirmed or until the deadline (by the monotonic clock); return whether it was confirmed.

        No answer is waited for beyond the deadline: this container is killed soon after it.
        Confirmed means: each Job and each pod is gone or being deleted, or has ended by itself.
        """
        name = self._target.name
        self._log.info(f"cancelling {name} in {self._cluster.place}")
        quiet = 0
        while time.monotonic() < deadline:
            try:
                with self._cluster.api.within(deadline):
                    quiet = quiet + 1 if self._sweep() else 0
            except (ApiUnknown, ApiRefused) as error:
                quiet = 0
                self._log.info(f"cancelling {name}: {error}; trying again")
            if (
                quiet >= 2 and not self._may_appear
            ):  # two looks in a row, for the pod that was created between the deletion and the first
                self._log.info(f"{name} is cancelled")
                return True
            pause(min(_LOOK_AGAIN_SECONDS, deadline - time.monotonic()))
        return False

    def _sweep(self) -> bool:
        """Delete whatever is left; return whether everything had been deleted before."""
        self._require_charge()
        found = self._target.jobs()
        self._may_appear = self._may_appear and not found
        jobs = [job for job in found if not (job.ended or job.deleting)]
        for job in jobs:
            self._cluster.delete_job(job)
            self.deleted.add(job.name)
        pods = [pod for pod in self._target.pods() if _is_to_be_told(pod)]
        for pod in pods:
            self._cluster.delete_pod(pod)
            self.deleted.add(text_at(pod, "metadata", "name"))
        return not jobs and not pods


def _is_to_be_told(pod: JsonObject) -> bool:
    ended = text_at(pod, "status", "phase") in ("Succeeded", "Failed")
    return not ended and not text_at(pod, "metadata", "deletionTimestamp")
