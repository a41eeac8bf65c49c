"""Results on their way into place: those that are in this runner's own folder, whole."""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from nightlane_runner.container.archive import UnpackedFile
from nightlane_runner.lane.folder import remove
from nightlane_runner.steps.result_check import measured


@dataclass(slots=True)
class Incoming:
    """Results in this runner's own folder.

    Attributes:
        manifest: what they are verified against, b"" before it has arrived.
        files: what has arrived whole and matches the manifest, including from tries that broke.

    """

    manifest: bytes = b""
    files: dict[PurePosixPath, UnpackedFile] = field(default_factory=dict)

    def take_over(self, left: list[Path], own: Path, check: Callable[[], None]) -> None:
        """Adopt what earlier runners have fetched; the hash shows whether it is right.

        Args:
            left: their folders.
            own: this runner's.
            check: called all the time; raises to give up.

        """
        for folder in left:
            for file in _files_in(folder):
                path = PurePosixPath(file.relative_to(folder))
                if path in self.files:
                    continue
                found = measured(file, check)
                # Where one runner has left a folder and another a file, or one is still alive, it is fetched again.
                with contextlib.suppress(FileExistsError, NotADirectoryError, FileNotFoundError):
                    target = own / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    file.rename(target)
                    self.files[path] = found
            remove(folder)


def _files_in(folder: Path) -> Iterator[Path]:
    """Return the plain files of a folder, and of those in it; links are not followed."""
    for parent, _, names in os.walk(folder):
        for file in (Path(parent, name) for name in names):
            if file.is_file() and not file.is_symlink():
                yield file
