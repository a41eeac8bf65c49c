"""The manifest that a step's results must have, and how the step ends without it."""

from pathlib import PurePosixPath

from nightlane_runner.document.step import Step
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane.file_manifest import ResultManifest, UnusableManifest, parse_manifest


class ExpectedManifest:
    """Reads a step's manifest, each only once: it may be large.

    Args:
        step: the attempt whose results are expected.
        remote: where they are on the customer's results volume.
        required: a file that the manifest must list, None for any.

    """

    def __init__(self, step: Step, remote: PurePosixPath, required: str | None) -> None:
        self._step = step
        self._remote = remote
        self._required = required
        self._content = b""
        self._manifest: ResultManifest | None = None

    def read(self, content: bytes) -> ResultManifest:
        """Return the manifest; raises StepEnded(LOST) if it cannot be used or is not this attempt's."""
        if content != self._content or self._manifest is None:
            self._manifest, self._content = self._parsed(content), content
        return self._manifest

    def missing(self, what: str) -> StepEnded:
        """Return the end of the step whose results are missing for this reason."""
        return StepEnded(
            ExitCode.LOST,
            f"Result missing: the Job is complete, but in {self._remote} on the customer's results volume {what}. "
            "A success without a result is not a success; check the driver's log, then retry as a new attempt.",
        )

    def _parsed(self, content: bytes) -> ResultManifest:
        try:
            manifest = parse_manifest(content)
        except UnusableManifest as error:
            raise self.missing(f"its manifest.json cannot be used: {error}") from error
        if (manifest.step, manifest.attempt) != (self._step.name, self._step.attempt):
            raise self.missing(
                f"its manifest.json is that of step {manifest.step!r}, attempt {manifest.attempt}, not of attempt "
                f"{self._step.attempt}"
            )
        if self._required is not None and PurePosixPath(self._required) not in {file.path for file in manifest.files}:
            raise self.missing(f"its manifest.json does not list {self._required}")
        return manifest
