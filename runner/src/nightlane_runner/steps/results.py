"""Brings a Spark step's results from the customer's results volume to the lane's, verified against their manifest."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from nightlane_runner.container.archive import UnpackedFile, UnsafeArchive
from nightlane_runner.container.copy_tries import copy_with_tries
from nightlane_runner.container.pod_shell import PodShell
from nightlane_runner.container.ready_pod import find_container
from nightlane_runner.container.shell_session import ContentDiffers, TransportFailed
from nightlane_runner.container.transfer import RemoteAbsent, fetch_listed
from nightlane_runner.container.work import ContainerWork, OutOfTime
from nightlane_runner.document.step import ContainerChoice
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane import night_paths
from nightlane_runner.lane.file_manifest import MANIFEST_NAME, ResultManifest, UnusableManifest, parse_manifest
from nightlane_runner.lane.folder import fresh_folder, put_into_step_folder
from nightlane_runner.lane.result_hashes import write_result_hashes
from nightlane_runner.steps.context import StepContext
from nightlane_runner.trouble import Reported

RESULTS_POD = ContainerChoice({"app.kubernetes.io/name": "nightlane-results"}, None)
"""The pod in the customer's cluster that does nothing but have the results volume mounted."""

FETCH_SECONDS = 1800.0
"""Wall-clock limit for bringing the results of one step back, further tries included."""


@dataclass(frozen=True, slots=True)
class _Results:
    """Results that are beside their place and verified.

    Attributes:
        manifest: what they were verified against.
        files: the files of the manifest.

    """

    manifest: bytes
    files: dict[PurePosixPath, UnpackedFile]


class ResultsFetch:
    """Fetches the results of one step.

    Args:
        context: the step's surroundings.
        shell: the way into the results pod.
        required: a file that the manifest must list, None for any.
        require_charge: called before results are put into place; raises if another runner has taken over.

    """

    def __init__(
        self, context: StepContext, shell: PodShell, required: str | None, require_charge: Callable[[], None]
    ) -> None:
        self._context = context
        self._shell = shell
        self._required = required
        self._require_charge = require_charge
        self._here: _Results | None = None
        self._remote = night_paths.remote_step_folder(context.step)
        self._lane = night_paths.lane_step_folder(context.places, context.step)

    def try_early(self) -> None:
        """Fetch and verify before the driver's end is known, so that only putting into place is left for `run`.

        The manifest is what a step writes last: with it, the results are all there. Without it, or where anything is
        in the way, nothing is done and nothing said: `run` tries properly, and says what is wrong.
        """
        deadline = time.monotonic() + FETCH_SECONDS
        # What came before is overwritten, also by a try that fails.
        self._here = None
        try:
            container = find_container(self._context, RESULTS_POD, patience_seconds=0)
            work = ContainerWork(self._shell, container, self._context.interruptions.check, deadline)
            self._here = self._receive(work)
        except Reported:
            raise
        except (StepEnded, TransportFailed, OutOfTime, UnsafeArchive, OSError):
            return

    def run(self, *, anew: bool = False) -> None:
        """Fetch, verify and put into place.

        Args:
            anew: whatever came early does not count: another pod of the Job may have written since.

        Raises:
            StepEnded: LOST where there is no manifest of this attempt, or it cannot be used; as `copy_with_tries`.

        """
        if anew:
            self._here = None
        # The image of that pod is the runner's own, so what it has need not be asked for.
        files = copy_with_tries(self._context, self._shell, RESULTS_POD, FETCH_SECONDS, self._bring, needed_programs=())
        write_result_hashes(files, self._context.places.outputs)
        size = sum(file.size for file in files.values())
        self._context.log.info(f"results: {len(files)} files, {size} bytes, verified, in {self._lane}")

    @property
    def _partial(self) -> Path:
        return self._lane.with_name(f"{self._lane.name}.partial")

    def _receive(self, work: ContainerWork) -> _Results:
        partial = fresh_folder(self._partial)
        try:
            content, unpacked = fetch_listed(work, self._remote, MANIFEST_NAME, self._announced, partial)
        except RemoteAbsent as error:
            raise self._missing("there is no manifest.json") from error
        verify(self._checked(content), unpacked)
        return _Results(content, unpacked)

    def _bring(self, work: ContainerWork) -> dict[PurePosixPath, UnpackedFile]:
        results = self._here or self._receive(work)
        self._require_charge()
        (self._partial / MANIFEST_NAME).write_bytes(results.manifest)
        put_into_step_folder(self._partial, self._lane, last=MANIFEST_NAME)
        return results.files

    def _announced(self, manifest: bytes) -> dict[PurePosixPath, int]:
        return {file.path: file.size for file in self._checked(manifest).files}

    def _checked(self, content: bytes) -> ResultManifest:
        step = self._context.step
        try:
            manifest = parse_manifest(content)
        except UnusableManifest as error:
            raise self._missing(f"its manifest.json cannot be used: {error}") from error
        if (manifest.step, manifest.attempt) != (step.name, step.attempt):
            raise self._missing(
                f"its manifest.json is that of step {manifest.step!r}, attempt {manifest.attempt}, not of attempt "
                f"{step.attempt}"
            )
        if self._required is not None and PurePosixPath(self._required) not in {file.path for file in manifest.files}:
            raise self._missing(f"its manifest.json does not list {self._required}")
        return manifest

    def _missing(self, what: str) -> StepEnded:
        return StepEnded(
            ExitCode.LOST,
            f"Result missing: the Job is complete, but in {self._remote} on the customer's results volume {what}. "
            "A success without a result is none; look at the driver's log, then retry as a new attempt.",
        )


def verify(manifest: ResultManifest, unpacked: dict[PurePosixPath, UnpackedFile]) -> None:
    """Compare what arrived with what was announced; raises ContentDiffers naming every file that differs."""
    wrong = []
    for file in manifest.files:
        arrived = unpacked.get(file.path)
        if arrived is None:
            wrong.append(f"{file.path} did not arrive")
        elif arrived.size != file.size:
            wrong.append(f"{file.path} has {arrived.size} bytes instead of {file.size}")
        elif arrived.sha256 != file.sha256:
            wrong.append(f"{file.path} has SHA-256 {arrived.sha256} instead of {file.sha256}")
    if wrong:
        raise ContentDiffers(f"the results differ from their manifest: {'; '.join(wrong)}")
