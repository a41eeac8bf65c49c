"""Whether the files that have arrived are those that their manifest announces."""

import hashlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from nightlane_runner.container.archive import UnpackedFile
from nightlane_runner.container.shell_session import ContentDiffers, TransportFailed
from nightlane_runner.lane.file_manifest import ResultFile, ResultManifest
from nightlane_runner.message_limits import first_of

PIECE_BYTES = 1024 * 1024
"""Of a file on the lane's volume, between two checks whether to go on."""


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
        raise ContentDiffers(f"the results differ from their manifest: {first_of(wrong)}")


def measured(file: Path, check: Callable[[], None] = lambda: None) -> UnpackedFile:
    """Return the size and the hash of a file on the lane's volume; `check` is called all the time, and may raise."""
    size, digest = 0, hashlib.sha256()
    with file.open("rb") as content:
        while piece := content.read(PIECE_BYTES):
            check()
            size += len(piece)
            digest.update(piece)
    return UnpackedFile(size, digest.hexdigest())


def is_same(announced: ResultFile, arrived: UnpackedFile) -> bool:
    """Return whether a file matches its manifest."""
    return (announced.size, announced.sha256) == (arrived.size, arrived.sha256)


def require_sizes(manifest: ResultManifest, folder: Path) -> None:
    """Check the volume once more: every file is there and has its size; raises TransportFailed."""
    for file in manifest.files:
        entry = folder / file.path
        size = entry.stat().st_size if entry.is_file() and not entry.is_symlink() else -1
        if size != file.size:
            raise TransportFailed(
                f"{entry} has {size} bytes on the lane's volume instead of {file.size}"
                if size >= 0
                else f"{entry} is not on the lane's volume"
            )
