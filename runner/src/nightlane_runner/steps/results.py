"""Fetches a step's results from the customer's results volume to the lane's, verified against their manifest.

The manifest is the application's own or, for an application that writes none, made where the results are, from what its
folder holds when its Job is done.
"""

import math
import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from nightlane_runner.container.archive import UnpackedFile, UnsafeArchive
from nightlane_runner.container.copy_tries import copy_with_tries
from nightlane_runner.container.pod_shell import PodShell
from nightlane_runner.container.ready_pod import find_container
from nightlane_runner.container.shell_session import ContentDiffers, TransportFailed
from nightlane_runner.container.transfer import RemoteAbsent, fetch_hashed, fetch_listed
from nightlane_runner.container.work import ContainerWork, OutOfTime
from nightlane_runner.document.step import ContainerChoice, ResultPlace
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane import night_paths
from nightlane_runner.lane.file_manifest import (
    MANIFEST_NAME,
    ResultManifest,
    UnusableManifest,
    parse_manifest,
)
from nightlane_runner.lane.folder import Superseded, put_into_place, remove_with_empty_folders, sync
from nightlane_runner.lane.hashed_listing import StillChanging, manifest_of
from nightlane_runner.lane.own_folder import folders_taken_over, own_path, remove_own, removed_when_replaced
from nightlane_runner.lane.result_hashes import write_result_hashes
from nightlane_runner.steps.context import StepContext
from nightlane_runner.steps.expected_manifest import ExpectedManifest
from nightlane_runner.steps.incoming import Incoming
from nightlane_runner.steps.result_check import is_same, measured, require_sizes, verify
from nightlane_runner.trouble import Reported

RESULTS_POD = ContainerChoice({"app.kubernetes.io/name": "nightlane-results"}, None)
"""The pod in the customer's cluster whose only purpose is to have the results volume mounted."""

LEAST_SECONDS = 1800.0
"""Wall-clock limit for fetching the results of one step, further tries included, if the step has less time."""

LONGEST_SECONDS = 12 * 3600.0
"""The same for a step without a time limit."""


class ResultsFetch:
    """Fetches the results of one step.

    Args:
        context: the step's surroundings.
        shell: the way into the results pod.
        place: where the application has left the results.
        required: a file that the manifest must list, None for any.
        limit_seconds: how long the step may take, None for as long as it takes; its results may take as long.
        require_charge: called before anything is written and before results are put into place; raises if another
            runner has taken over.
        check: called all the time while results come; raises to give up.

    """

    def __init__(
        self,
        context: StepContext,
        shell: PodShell,
        place: ResultPlace,
        required: str | None,
        limit_seconds: float | None,
        require_charge: Callable[[], None],
        check: Callable[[], None],
    ) -> None:
        self._context = context
        self._shell = shell
        self._place = place
        self.limit_seconds = max(LEAST_SECONDS, LONGEST_SECONDS if limit_seconds is None else limit_seconds)
        self._require_charge = require_charge
        self._check = check
        self._incoming: Incoming | None = None
        self._complete = False
        self._remote = night_paths.remote_step_folder(context.step) / (place.folder or "")
        self._expected = ExpectedManifest(context.step, self._remote, required)
        self._lane = night_paths.lane_step_folder(context.places, context.step)
        self._partial = own_path(self._lane, context.runner)

    def try_early(self, within_seconds: float = math.inf) -> None:
        """Fetch and verify before the driver's end is known, so that only putting into place is left for `run`.

        An application writes the manifest last: once it is there, so are all results. Without it, or if
        anything is in the way, nothing is done or reported: `run` tries properly, and reports what is wrong. What has
        arrived is kept, and not fetched again while its manifest stays the same. For an application that writes
        no manifest, nobody knows that before its end, and `run` does it all.

        Args:
            within_seconds: how long it may take, since the caller has something else to do then.

        Raises:
            StepEnded: DETACHED if another runner is in charge.
            Reported: a trouble has lasted, or one that was reported is over.

        """
        if self._place.folder is not None:
            return
        deadline = time.monotonic() + min(self.limit_seconds, within_seconds)
        self._complete = False
        try:
            container = find_container(self._context, RESULTS_POD, patience_seconds=0)
            with removed_when_replaced(self._lane, self._context.runner):
                self._receive(ContainerWork(self._shell, container, self._check, deadline))
        except StepEnded as end:
            if isinstance(end, Reported) or end.code is ExitCode.DETACHED:
                raise
        except (TransportFailed, OutOfTime, UnsafeArchive, OSError):
            return

    def run(self, *, again: bool = False) -> None:
        """Fetch, verify and put into place.

        Args:
            again: compare what came early with the manifest again: another pod of the Job may have written
                since.

        Raises:
            StepEnded: LOST if there is no manifest of this attempt, or it cannot be used; DETACHED if another
                runner is in charge or has put results of a later attempt into place; as `copy_with_tries`.

        """
        if again:
            self._complete = False
        # The image of that pod is the runner's own, so its programs need not be checked.
        with removed_when_replaced(self._lane, self._context.runner):
            files = copy_with_tries(
                self._context,
                self._shell,
                RESULTS_POD,
                self.limit_seconds,
                self._bring,
                needed_programs=(),
                progress=lambda: 0 if self._incoming is None else len(self._incoming.files),
                check=self._check,
            )
        write_result_hashes(files, self._context.places.outputs)
        size = sum(file.size for file in files.values())
        self._context.log.info(f"results: {len(files)} files, {size} bytes, verified, in {self._lane}")

    def _receive(self, work: ContainerWork) -> None:
        if self._incoming is None:
            self._require_charge()
            left = folders_taken_over(self._lane, self._context.runner)
            self._incoming = Incoming()
            # Before the connection is made: it would not survive so long a silence.
            self._incoming.take_over(left, self._partial, work.check)
        arrived: dict[PurePosixPath, UnpackedFile] = {}
        try:
            self._fetch(work, arrived)
        except RemoteAbsent as error:
            what = "there is no manifest.json" if self._place.folder is None else "there is no such folder"
            raise self._expected.missing(what) from error
        except _AllHere:
            pass
        finally:
            self._keep(arrived)
        verify(self._expected.read(self._incoming.manifest), {**arrived, **self._incoming.files})
        self._complete = True

    def _fetch(self, work: ContainerWork, arrived: dict[PurePosixPath, UnpackedFile]) -> None:
        if self._place.folder is None:
            fetch_listed(work, self._remote, MANIFEST_NAME, self._missing_files, self._partial, arrived)
            return
        fetch_hashed(work, self._remote, self._parts(), self._missing_hashed, self._partial, arrived)

    def _parts(self) -> list[str]:
        return [str(number) for number in range(self._place.parts or 0)]

    def _missing_hashed(self, listing: bytes) -> dict[PurePosixPath, int]:
        """Make the manifest from the folder's content, and return the files that are not here yet."""
        step = self._context.step
        try:
            manifest = manifest_of(listing, step.name, step.attempt, self._parts())
        except UnusableManifest as error:
            raise self._expected.missing(str(error)) from error
        except StillChanging as error:
            raise ContentDiffers(str(error)) from error
        return self._missing_files(manifest)

    def _bring(self, work: ContainerWork) -> dict[PurePosixPath, UnpackedFile]:
        try:
            return self._bring_once(work)
        except (FileNotFoundError, TransportFailed) as error:
            if self._partial.is_dir():
                raise
            # The runner in charge removes what others have begun.
            self._incoming, self._complete = None, False
            self._require_charge()
            raise TransportFailed(f"{self._partial} is gone: {error}") from error

    def _bring_once(self, work: ContainerWork) -> dict[PurePosixPath, UnpackedFile]:
        if not self._complete:
            self._receive(work)
        incoming = self._incoming or Incoming()
        manifest = self._expected.read(incoming.manifest)
        (self._partial / MANIFEST_NAME).write_bytes(incoming.manifest)
        sync(self._partial)
        try:
            require_sizes(manifest, self._partial)
        except TransportFailed:
            # Somebody has removed it, and later files have made it again: what came before is gone.
            self._incoming, self._complete = None, False
            raise
        self._require_charge()
        files = incoming.files
        if not self._are_in_place(incoming.manifest, manifest):
            try:
                put_into_place(self._partial, self._lane, self._context.runner, self._may_replace)
            except Superseded as error:
                manifest, files = self._brought_by_another(error)
        require_sizes(manifest, self._lane)
        remove_own(self._lane, self._context.runner)
        return files

    def _brought_by_another(self, cause: Superseded) -> tuple[ResultManifest, dict[PurePosixPath, UnpackedFile]]:
        """Return the results of this very attempt that are in place already; every byte of them is read again."""
        content = (self._lane / MANIFEST_NAME).read_bytes()
        if (later := parse_manifest(content).attempt) != self._context.step.attempt:
            raise StepEnded(
                ExitCode.DETACHED,
                f"In {self._lane} are results of attempt {later}; these of attempt {self._context.step.attempt} were "
                "not put over them. Nothing needs to be done.",
            ) from cause
        manifest = self._expected.read(content)
        files = {file.path: measured(self._lane / file.path, self._check) for file in manifest.files}
        verify(manifest, files)
        self._context.log.info(
            f"in {self._lane} are results of this attempt that another runner has fetched; they stay, and what came "
            "now is left out"
        )
        return manifest, files

    def _are_in_place(self, content: bytes, manifest: ResultManifest) -> bool:
        """Whether another runner of this attempt has fetched the very same."""
        try:
            if (self._lane / MANIFEST_NAME).read_bytes() != content:
                return False
            require_sizes(manifest, self._lane)
        except (OSError, TransportFailed):
            return False
        return True

    def _may_replace(self, folder: Path) -> bool:
        """Whether the content of a folder is of an earlier attempt, or not whole."""
        try:
            there = parse_manifest((folder / MANIFEST_NAME).read_bytes())
            require_sizes(there, folder)
        except (OSError, UnusableManifest, TransportFailed):
            return True
        return there.attempt < self._context.step.attempt

    def _missing_files(self, manifest: bytes) -> dict[PurePosixPath, int]:
        """Note the manifest, and return the files that are not here yet."""
        incoming = self._incoming = self._incoming or Incoming()
        announced = {file.path: file for file in self._expected.read(manifest).files}
        incoming.manifest = manifest
        for path, file in list(incoming.files.items()):
            if path not in announced or not is_same(announced[path], file):
                remove_with_empty_folders(self._partial, path)
                del incoming.files[path]
        missing = {path: file.size for path, file in announced.items() if path not in incoming.files}
        if not missing:
            raise _AllHere
        return missing

    def _keep(self, arrived: dict[PurePosixPath, UnpackedFile]) -> None:
        incoming = self._incoming
        if incoming is None or not incoming.manifest:
            return
        announced = {file.path: file for file in self._expected.read(incoming.manifest).files}
        incoming.files.update({path: file for path, file in arrived.items() if is_same(announced[path], file)})


class _AllHere(Exception):
    """Nothing has to be fetched."""
