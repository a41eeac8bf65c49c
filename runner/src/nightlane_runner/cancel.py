"""Takes the remote work of a step back: the Job, then every pod of it, in the time that a dying container has."""

import time
from collections.abc import Callable

from nightlane_runner.api_errors import ApiRefused, ApiUnknown
from nightlane_runner.cluster import Cluster
from nightlane_runner.json_tree import JsonObject, text_at
from nightlane_runner.step_log import StepLog

_LOOK_AGAIN_SECONDS = 1.0


class Cancellation:
    """Deletes one Job of ours and sweeps its pods.

    A pod may be created at the very moment its Job is deleted, so the pods are looked for, by label, until none
    is left that nobody has told to end.

    Args:
        cluster: where they are.
        job_name: the Job's name.
        spec_hash: only a Job with this hash is ours.
        pod_selector: labels of the step's pods.
        require_charge: raises if another runner has taken over.
        log: for what a person should know.

    """

    def __init__(
        self,
        cluster: Cluster,
        job_name: str,
        spec_hash: str,
        pod_selector: str,
        require_charge: Callable[[], None],
        log: StepLog,
    ) -> None:
        self._cluster = cluster
        self._job_name = job_name
        self._spec_hash = spec_hash
        self._pod_selector = pod_selector
        self._require_charge = require_charge
        self._log = log

    def run(self, deadline: float, clock: Callable[[], float] = time.monotonic) -> bool:
        """Cancel until confirmed or until the deadline (by `clock`); return whether it was confirmed.

        Confirmed means: the Job is gone or on its way out, and so is each of its pods.
        """
        self._log.info(f"cancelling Job {self._job_name} in {self._cluster.place}")
        quiet = 0
        while clock() < deadline:
            try:
                quiet = quiet + 1 if self._sweep() else 0
            except (ApiUnknown, ApiRefused) as error:
                quiet = 0
                self._log.info(f"cancelling Job {self._job_name}: {error}; trying again")
            if quiet == 2:  # two looks in a row, for the pod that was created between the deletion and the first
                self._log.info(f"Job {self._job_name} is cancelled")
                return True
            time.sleep(max(0.0, min(_LOOK_AGAIN_SECONDS, deadline - clock())))
        return False

    def _sweep(self) -> bool:
        """Tell whatever is left to end; return whether everything had been told before."""
        self._require_charge()
        job = self._cluster.read_job(self._job_name).job
        told = True
        if job is not None and job.spec_hash == self._spec_hash and not job.deleting:
            self._cluster.delete_job(job)
            told = False
        for pod in self._cluster.pods(self._pod_selector):
            if self._is_ours(pod) and _is_to_be_told(pod):
                self._cluster.delete_pod(pod)
                told = False
        return told

    def _is_ours(self, pod: JsonObject) -> bool:
        # The labels name the step, whatever the attempt; drivers and executors are named after their Job.
        return text_at(pod, "metadata", "name").startswith(f"{self._job_name}-")


def _is_to_be_told(pod: JsonObject) -> bool:
    ended = text_at(pod, "status", "phase") in ("Succeeded", "Failed")
    return not ended and not text_at(pod, "metadata", "deletionTimestamp")
