"""The step `reuse`: reuses what a step of an earlier run of the same night left, instead of running it again."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from nightlane_runner.container.archive import UnpackedFile
from nightlane_runner.container.copy_tries import copy_with_tries
from nightlane_runner.container.pod_shell import PodShell
from nightlane_runner.container.shell_session import TransportFailed
from nightlane_runner.container.transfer import RemoteAbsent, copy_within
from nightlane_runner.container.work import ContainerWork, OutOfTime
from nightlane_runner.document.step import ReuseInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.interruption import Interrupted
from nightlane_runner.lane import night_paths
from nightlane_runner.lane.copy_charge import CopyCharge
from nightlane_runner.lane.file_manifest import MANIFEST_NAME, UnusableManifest, parse_manifest
from nightlane_runner.lane.folder import Superseded, is_attempt_file, put_into_place, remove, sync
from nightlane_runner.lane.own_folder import own_folder, removed_when_replaced
from nightlane_runner.lane.result_hashes import write_result_hashes
from nightlane_runner.steps.context import StepContext
from nightlane_runner.steps.result_check import PIECE_BYTES, measured, verify
from nightlane_runner.steps.results import RESULTS_POD


class ReuseStep:
    """Copies one step's results from the earlier run's folders to this run's, on both volumes. It may start over."""

    def __init__(self, context: StepContext, reuse: ReuseInput, shell: PodShell) -> None:
        self._context = context
        self._reuse = reuse
        self._shell = shell
        self._charge = CopyCharge(
            night_paths.lane_runner(context.places, context.step), context.step.attempt, context.runner
        )
        self._end = 0.0
        run = context.step.run
        self._night = night_paths.night_folder(run)
        self._earlier = night_paths.night_folder(replace(run, number=reuse.from_run))

    def run(self) -> None:
        """Reuse the results; raises StepEnded unless everything that is required is there, verified."""
        self._charge.take()
        self._end = time.monotonic() + self._reuse.timeout_seconds
        name = self._context.step.name
        try:
            if self._reuse.remote is not None:
                copy_with_tries(self._context, self._shell, RESULTS_POD, self._reuse.timeout_seconds, self._copy_there)
            if self._reuse.lane is not None:
                place = self._context.places.results / self._night / self._reuse.lane
                with removed_when_replaced(place, self._context.runner):
                    self._copy_here(self._reuse.lane)
        except Interrupted as interruption:
            rest = "while copying results of an earlier run; another try starts over."
            raise interruption.ended(f"Step {name}", rest) from interruption
        except OutOfTime as error:
            raise StepEnded(
                ExitCode.INFRASTRUCTURE,
                f"Step {name}: copying earlier results on the lane's volume did not end within "
                f"{self._reuse.timeout_seconds} s, and nothing was put into place. Have the volume's server checked, "
                "then retry.",
            ) from error

    def _check(self) -> None:
        self._context.interruptions.check()
        if time.monotonic() >= self._end:
            raise OutOfTime

    def _copy_there(self, work: ContainerWork) -> None:
        source, target = (
            night_paths.REMOTE_RESULTS / night / str(self._reuse.remote) for night in (self._earlier, self._night)
        )
        try:
            copy_within(work, source, target, self._context.runner, self._charge.require)
        except RemoteAbsent:
            self._absent(f"{source} on the customer's results volume")
            return
        self._context.log.info(f"reused {source} on the customer's results volume, now {target}")

    def _copy_here(self, name: str) -> None:
        results = self._context.places.results
        source, target = results / self._earlier / name, results / self._night / name
        if not source.exists():
            self._absent(f"{PurePosixPath('/results') / self._earlier / name} on the lane's results volume")
            return
        self._charge.require()
        partial = own_folder(target, self._context.runner)
        # An earlier release kept an attempt's logs and records among its results.
        among_results = not night_paths.keeps_attempts_apart(results / self._earlier)
        files = _copied(source, partial, lambda name: among_results and is_attempt_file(name), self._check)
        self._verify(source, partial, files)
        sync(partial)
        self._charge.require()
        whole = partial if source.is_dir() else partial / source.name
        try:
            put_into_place(whole, target, self._context.runner, lambda _: self._charge.is_mine())
        except Superseded:
            self._charge.require()
            raise
        remove(partial)
        write_result_hashes(files, self._context.places.outputs)
        self._context.log.info(f"reused {source} on the lane's results volume: {len(files)} files, now {target}")

    def _verify(self, source: Path, partial: Path, files: dict[PurePosixPath, UnpackedFile]) -> None:
        """Compare with the manifest, if the earlier run left one: nothing that has decayed is reused."""
        manifest = partial / MANIFEST_NAME
        if not manifest.exists():
            return
        try:
            verify(parse_manifest(manifest.read_bytes()), files)
        except (UnusableManifest, TransportFailed) as error:
            raise StepEnded(
                ExitCode.LOST,
                f"Step {self._context.step.name}: what run {self._reuse.from_run} left in {source} is not what it "
                f"left there: {error}. Replay from an earlier step.",
            ) from error

    def _absent(self, where: str) -> None:
        if self._reuse.required:
            raise StepEnded(
                ExitCode.LOST,
                f"Step {self._context.step.name}: run {self._reuse.from_run} has left nothing in {where}. Replay from "
                "this step or an earlier one.",
            )
        self._context.log.info(f"run {self._reuse.from_run} has left nothing in {where}: there is nothing to reuse")


def _copied(
    source: Path, into: Path, is_left_out: Callable[[str], bool], check: Callable[[], None]
) -> dict[PurePosixPath, UnpackedFile]:
    """Copy a file, or the content of a folder, and measure what was written; `check` is called all the time."""
    names = [source] if source.is_file() else [entry for entry in source.iterdir() if not is_left_out(entry.name)]
    for entry in names:
        _copy(entry, into / entry.name, check)
    files = sorted(path for path in into.rglob("*") if path.is_file())
    return {PurePosixPath(path.relative_to(into)): measured(path, check) for path in files}


def _copy(source: Path, target: Path, check: Callable[[], None]) -> None:
    if source.is_dir():
        target.mkdir()
        for entry in source.iterdir():
            _copy(entry, target / entry.name, check)
        return
    with source.open("rb") as content, target.open("xb") as copy:
        while piece := content.read(PIECE_BYTES):
            check()
            copy.write(piece)
