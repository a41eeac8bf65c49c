"""The steps `copy-out` and `copy-in`: a file or folder from the customer's side to the lane, or the other way."""

from collections.abc import Callable
from pathlib import Path, PurePosixPath

from nightlane_runner.container.copy_tries import copy_with_tries
from nightlane_runner.container.pod_shell import PodShell
from nightlane_runner.container.transfer import RemoteAbsent, fetch_path, send_path
from nightlane_runner.container.work import ContainerWork
from nightlane_runner.document.step import CopyInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.interruption import Interrupted
from nightlane_runner.lane import night_paths
from nightlane_runner.lane.copy_charge import CopyCharge
from nightlane_runner.lane.folder import Superseded, put_into_place, remove, sync
from nightlane_runner.lane.own_folder import own_folder, removed_when_replaced
from nightlane_runner.lane.result_hashes import write_result_hashes
from nightlane_runner.steps.context import StepContext


class CopyStep:
    """Runs one copy. A copy leaves nothing half done, so it can start over at any time."""

    def __init__(self, context: StepContext, copy: CopyInput, shell: PodShell) -> None:
        self._context = context
        self._copy = copy
        self._shell = shell
        self._charge = CopyCharge(
            night_paths.lane_runner(context.places, context.step), context.step.attempt, context.runner
        )
        self._lane = context.places.results / copy.lane_path.relative_to("/results")

    def copy_out(self) -> None:
        """Copy from the customer's side to the lane; raises StepEnded unless it is there, verified."""
        self._run(self._fetch)

    def copy_in(self) -> None:
        """Copy from the lane to the customer's side; raises StepEnded unless it is there, verified."""
        if not self._lane.exists():
            raise StepEnded(
                ExitCode.LOST,
                f"Step {self._context.step.name}: {self._copy.lane_path} is not on the lane's results volume. "
                "Look at the "
                "step that should have left it, then retry.",
            )
        self._run(self._send)

    def _run(self, copy: Callable[[ContainerWork], str]) -> None:
        self._charge.take()
        try:
            with removed_when_replaced(self._lane, self._context.runner):
                done = copy_with_tries(self._context, self._shell, self._copy.target, self._copy.timeout_seconds, copy)
        except Interrupted as interruption:
            rest = "while copying; nothing incomplete was put into place, and another try starts over."
            raise interruption.ended(f"Step {self._context.step.name}", rest) from interruption
        self._context.log.info(done)

    def _fetch(self, work: ContainerWork) -> str:
        remote = self._copy.remote_path
        self._charge.require()
        partial = own_folder(self._lane, self._context.runner)
        try:
            files = fetch_path(work, remote, partial)
        except RemoteAbsent as error:
            raise StepEnded(
                ExitCode.LOST,
                f"Step {self._context.step.name}: {remote} does not exist in {work.target}. Look at what "
                "should have left "
                "it there, then retry.",
            ) from error
        arrived = partial / remote.name
        # As they are in the lane, whatever the folder or file was called on the other side.
        placed = {
            PurePosixPath(*path.parts[1:]) if arrived.is_dir() else self._single_file(arrived): file
            for path, file in files.items()
        }
        sync(partial)
        self._charge.require()
        self._place(arrived, partial)
        write_result_hashes(placed, self._context.places.outputs)
        size = sum(file.size for file in files.values())
        return f"copied {remote} from {work.target}: {len(files)} files, {size} bytes, verified, in {self._lane}"

    def _single_file(self, arrived: Path) -> PurePosixPath:
        own = self._lane == night_paths.lane_step_folder(self._context.places, self._context.step)
        return PurePosixPath(arrived.name if own else self._lane.name)

    def _place(self, arrived: Path, partial: Path) -> None:
        own = self._lane == night_paths.lane_step_folder(self._context.places, self._context.step)
        # A single file goes into the step's own folder, under its own name.
        whole = partial if own and not arrived.is_dir() else arrived
        try:
            put_into_place(whole, self._lane, self._context.runner, lambda _: self._charge.is_mine())
        except Superseded:
            self._charge.require()
            raise
        remove(partial)

    def _send(self, work: ContainerWork) -> str:
        digest = send_path(work, self._lane, self._copy.remote_path, self._context.runner, self._charge.require)
        return (
            f"copied {self._copy.lane_path} to {self._copy.remote_path} in {work.target}, verified (SHA-256 {digest})"
        )
