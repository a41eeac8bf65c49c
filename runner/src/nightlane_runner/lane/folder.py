"""Putting verified files into place on the lane's volume."""

import re
import shutil
from pathlib import Path

_OF_ATTEMPTS = re.compile(r"attempt-\d+\..+")
_ATTEMPT_LOG = re.compile(r"attempt-\d+\.log(\.\d+)?")


def is_of_attempt(name: str) -> bool:
    """Return whether an entry of a step's folder is an attempt's log or record, and no result."""
    return _OF_ATTEMPTS.fullmatch(name) is not None


def is_attempt_log(name: str) -> bool:
    """Return whether an entry of a step's folder is an attempt's log, or a part of it."""
    return _ATTEMPT_LOG.fullmatch(name) is not None


def put_into_step_folder(arrived: Path, folder: Path, last: str | None = None) -> None:
    """Make the content of `arrived` the content of a step's own folder.

    Logs and records of attempts stay where they are, for they may be open.

    Args:
        arrived: folder beside `folder`; gone afterwards.
        folder: the step's folder; made if it is not there.
        last: the entry that proves the folder complete: it is the first to go and the last to come.

    """
    folder.mkdir(parents=True, exist_ok=True)
    if last is not None:
        (folder / last).unlink(missing_ok=True)
    for entry in folder.iterdir():
        if not is_of_attempt(entry.name):
            remove(entry)
    for entry in sorted(arrived.iterdir(), key=lambda entry: entry.name == last):
        entry.rename(folder / entry.name)
    arrived.rmdir()


def put_into_place(arrived: Path, final: Path) -> None:
    """Make a file or folder the one at `final`, by renaming."""
    replaced = final.with_name(f"{final.name}.replaced")
    final.parent.mkdir(parents=True, exist_ok=True)
    remove(replaced)
    if final.exists():
        final.rename(replaced)
    arrived.rename(final)
    remove(replaced)


def fresh_folder(folder: Path) -> Path:
    """Return `folder`, empty."""
    remove(folder)
    folder.mkdir(parents=True)
    return folder


def remove(entry: Path) -> None:
    """Remove a file or folder, if it is there."""
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry)
    else:
        entry.unlink(missing_ok=True)
