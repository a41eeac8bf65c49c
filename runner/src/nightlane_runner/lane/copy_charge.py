"""Keeps two runners of one copy apart: the one that began last is in charge, by a file on the lane's volume.

A copy has no Job whose Lease would say so, and a Lease without a Job would never go.
"""

from pathlib import Path

from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane.folder import write_durably


class CopyCharge:
    """Who carries one attempt's copy.

    Args:
        file: where it is written.
        runner: this one's name.

    """

    def __init__(self, file: Path, runner: str) -> None:
        self._file = file
        self._runner = runner

    def take(self) -> None:
        """Become the one in charge; raises OSError where the volume does not take it."""
        write_durably(self._file, self._runner)

    def require(self) -> None:
        """Raise StepEnded(DETACHED) where a newer runner is in charge."""
        holder = self._file.read_text(encoding="utf-8")
        if holder != self._runner:
            raise StepEnded(
                ExitCode.DETACHED,
                f"Another runner ({holder}) carries this copy; this one ({self._runner}) steps back and changes "
                "nothing. Nothing needs to be done.",
            )
