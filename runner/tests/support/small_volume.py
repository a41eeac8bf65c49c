"""A real volume of a few mebibytes, so that it can be full."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_volume(folder: Path, mebibytes: int, files: int | None = None) -> Iterator[Path]:
    """Mount a file system of that size at `folder`, which is made, until the end of the block.

    Args:
        folder: where.
        mebibytes: its size.
        files: how many files and folders it holds, itself included. Default: as many as fit.

    """
    folder.mkdir(parents=True)
    options = f"size={mebibytes}m" + ("" if files is None else f",nr_inodes={files}")
    subprocess.run(["/usr/bin/mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["/usr/bin/umount", "--lazy", str(folder)], check=True)


def fill(volume: Path) -> None:
    """Use up the room that is left on a small volume."""
    with pytest.raises(OSError, match="No space left"):
        (volume / "figures").write_bytes(bytes(8 * 1024 * 1024))
