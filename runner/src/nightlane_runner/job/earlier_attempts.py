"""Ensures that exactly one attempt of a step runs: what an earlier one left running is ended before the next starts."""

from collections.abc import Callable

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.document import run_identity
from nightlane_runner.document.step import Step
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.json_tree import text_at
from nightlane_runner.outage import Outage
from nightlane_runner.step_log import StepLog

ENDING_SECONDS = 120.0
"""How long an earlier attempt's pods may take to end: four times what a container has by default."""

_LOOK_AGAIN_SECONDS = 2.0


class EarlierAttempts:
    """The Jobs of the step's earlier attempts.

    Most have ended, or were cancelled before a person decided to go on. One still runs if the attempt was given up
    without an answer from the customer's cluster, or if the cancellation was not confirmed in time.
    """

    def __init__(
        self, cluster: Cluster, step: Step, outage: Outage, wait: Callable[[float], None], log: StepLog
    ) -> None:
        self._cluster = cluster
        self._step = step
        self._outage = outage
        self._wait = wait
        self._log = log

    def end(self) -> None:
        """End them, and return once none of their pods runs any more.

        Raises:
            StepEnded: INFRASTRUCTURE if one does not end in time.
            Interrupted: from waiting.

        """
        if self._step.attempt == 1:
            return
        waited = 0.0
        while left := self._outage.outlast(self._end_once, self._wait):
            if waited >= ENDING_SECONDS:
                raise StepEnded(
                    ExitCode.INFRASTRUCTURE,
                    f"Job {left[0].name} of attempt {left[0].attempt} in {self._cluster.place} was deleted "
                    f"{waited:.0f} s ago and still runs, so this attempt did not start beside it. Its node may be "
                    "lost: have the customer remove the pod, then retry.",
                )
            self._wait(_LOOK_AGAIN_SECONDS)
            waited += _LOOK_AGAIN_SECONDS

    def _end_once(self) -> list[RemoteJob]:
        """Delete those that were not deleted yet, and return those that still run."""
        left = []
        for job in self._cluster.jobs(run_identity.selector(self._step)):
            if job.ended or not 0 < job.attempt < self._step.attempt:
                continue
            if not job.deleting:
                self._log.info(f"Job {job.name} of attempt {job.attempt} still runs; it is deleted first")
                self._cluster.delete_job(job)
                left.append(job)
            elif self._runs(job):
                left.append(job)
        return left

    def _runs(self, job: RemoteJob) -> bool:
        pods = self._cluster.pods_of_job(job.name)
        return any(text_at(pod, "status", "phase") not in ("Succeeded", "Failed") for pod in pods)
