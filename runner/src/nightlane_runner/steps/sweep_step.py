"""The step `sweep`: takes back what a finished run has left in the customer's cluster."""

import time

from nightlane_runner.document import run_identity
from nightlane_runner.document.step import SweepInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.interruption import Interrupted
from nightlane_runner.job.cancel import Cancellation, all_of
from nightlane_runner.steps.context import StepContext


class SweepStep:
    """Deletes the Jobs of one run that have not ended, and the pods of that run that are left, executors included.

    The workflow starts it as its exit handler, when no runner of the run works any more: each had less than half a
    minute to take back its own Job, and may have been killed before. Another run's Jobs carry another label.
    """

    def __init__(self, context: StepContext, sweep: SweepInput) -> None:
        self._context = context
        self._sweep = sweep

    def run(self) -> None:
        """Sweep; raises StepEnded(INFRASTRUCTURE) if nobody confirmed in time that nothing is left."""
        context = self._context
        run = context.step.run
        name = f"run {run_identity.run_key(run)}"
        target = all_of(context.cluster, name, run_identity.night_selector(run))
        cancellation = Cancellation(context.cluster, target, context.interruptions.check, context.log)
        try:
            confirmed = cancellation.run(time.monotonic() + self._sweep.timeout_seconds)
        except Interrupted as interruption:
            rest = "and another try goes on where it ended."
            raise interruption.ended(f"The sweep of {name}", rest) from interruption
        deleted = ", ".join(sorted(cancellation.deleted)) or "nothing"
        if not confirmed:
            raise StepEnded(
                ExitCode.INFRASTRUCTURE,
                f"Within {self._sweep.timeout_seconds} s nobody confirmed that nothing is left of {name} in "
                f"{context.cluster.place} (deleted: {deleted}). The lane's reaper goes on once its Jobs have been "
                "without a runner for long enough.",
            )
        context.log.info(f"nothing is left of {name} (deleted: {deleted})")
