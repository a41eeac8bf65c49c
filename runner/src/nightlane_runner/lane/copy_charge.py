"""Keeps the runners of one copy apart by a file on the lane's volume: the latest of the last attempt is in charge.

A copy has no Job whose Lease would show it, and a Lease without a Job would never be removed. The results of a
Spark step are brought after their Job's end, when it may be gone with its Lease: then this file shows it for them.
"""

from pathlib import Path

from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane.folder import write_durably


class CopyCharge:
    """Which runner is in charge of one step's copy, or of its results.

    Args:
        file: where that is written, as the attempt and the runner.
        attempt: the one of this runner.
        runner: this one's name.

    """

    def __init__(self, file: Path, attempt: int, runner: str) -> None:
        self._file = file
        self._attempt = attempt
        self._own = f"{attempt} {runner}"

    def take(self) -> None:
        """Become the one in charge.

        Raises:
            StepEnded: DETACHED if a runner of a later attempt is.
            OSError: the volume cannot be written.

        """
        holder = self._holder()
        attempt, _, _ = holder.partition(" ")
        if attempt.isdecimal() and int(attempt) > self._attempt:
            raise self._replaced(holder)
        write_durably(self._file, self._own)

    def is_mine(self) -> bool:
        """Return whether no other runner has taken over since."""
        return self._holder() == self._own

    def require(self) -> None:
        """Raise StepEnded(DETACHED) if a newer runner is in charge."""
        if not self.is_mine():
            raise self._replaced(self._holder())

    def _holder(self) -> str:
        try:
            return self._file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def _replaced(self, holder: str) -> StepEnded:
        return StepEnded(
            ExitCode.DETACHED,
            f"Another runner ({holder}: attempt and name) has taken over this step; this one ({self._own}) steps back "
            "and changes nothing. Nothing needs to be done.",
        )
