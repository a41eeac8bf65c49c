"""What an attempt remembers on the lane's volume, across runners: an eviction destroys everything else."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import GO_ON, StepEnded
from nightlane_runner.json_tree import JsonObject
from nightlane_runner.lane.folder import create_durably, write_durably
from nightlane_runner.lane.full_volume import is_full


class AttemptRecord:
    """One small JSON document, replaced as a whole."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> JsonObject:
        """Return what was remembered, {} for a fresh attempt.

        Raises:
            StepEnded: LOST if the record is there but cannot be understood; INFRASTRUCTURE if the lane's volume
                cannot be read.

        """
        try:
            tree = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise StepEnded(
                ExitCode.INFRASTRUCTURE,
                f"The attempt's record {self._file} cannot be read from the lane's volume ({error}); remote work was "
                "left alone, and once the volume is well another try of the same attempt finds it. Have the volume "
                f"checked, {GO_ON}.",
            ) from error
        except ValueError as error:
            raise StepEnded(
                ExitCode.LOST,
                f"The attempt's record {self._file} cannot be understood ({error}), so nobody knows what was started; "
                "check the customer's cluster, then retry as a new attempt.",
            ) from error
        return tree if isinstance(tree, dict) else {}

    def write(self, tree: JsonObject) -> None:
        """Remember this instead of what was remembered before.

        Raises:
            StepEnded: INFRASTRUCTURE if the lane's volume cannot be written.
            OSError: it is full.

        """
        with self._taken():
            write_durably(self._file, json.dumps(tree))

    def create(self, tree: JsonObject) -> bool:
        """Remember this if nothing is remembered yet; False if something is, by any runner. Raises as `write`.

        Of several runners at once, one succeeds.
        """
        with self._taken():
            return create_durably(self._file, json.dumps(tree))

    @contextlib.contextmanager
    def _taken(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if is_full(error):
                raise
            raise StepEnded(
                ExitCode.INFRASTRUCTURE,
                f"The lane's results volume does not take the attempt's record {self._file} ({error}); remote work "
                "was left alone, and once the volume is well another try of the same attempt finds it. Have the volume "
                f"checked, {GO_ON}.",
            ) from error

    def forget(self) -> None:
        """Forget everything: what was started has been taken back. Raises as `write`."""
        with self._taken():
            self._file.unlink(missing_ok=True)
