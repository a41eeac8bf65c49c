"""Puts verified files into place on the lane's volume: whole, or not at all, no matter who else tries.

Several runners of one attempt may be alive at once, and one of them may have been frozen for hours. So each writes into
a folder of its own, beside the place, and renames it when it is complete, verified and on the disk. Nothing that was in
place is removed before its replacement is there.
"""

import contextlib
import errno
import os
import re
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path, PurePath

_ATTEMPT_FILE = re.compile(r"attempt-\d+\.(log(\.\d+)?|json|trouble\.json)")
_ATTEMPT_LOG = re.compile(r"attempt-\d+\.log(\.\d+)?")
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EMLINK)
"""The errors of file systems without hard links."""

_TAKEN = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR, errno.EISDIR)


class Superseded(Exception):
    """What is in place may not be replaced by what this runner has."""


def is_attempt_log(name: str) -> bool:
    """Return whether an entry of a step's attempts is a log, or a part of it."""
    return _ATTEMPT_LOG.fullmatch(name) is not None


def is_attempt_file(name: str) -> bool:
    """Return whether an entry of a step's attempts is a log, or what an attempt remembers."""
    return _ATTEMPT_FILE.fullmatch(name) is not None


def put_into_place(
    arrived: Path, place: Path, runner: str, may_replace: Callable[[Path], bool] = lambda _: True
) -> None:
    """Make a file or folder the one at `place`.

    Args:
        arrived: beside the place, and on the disk.
        place: where to.
        runner: which runner puts it there.
        may_replace: whether what is in place may go. Asked again for what was in fact moved away, since somebody may
            have been faster in the meantime; that is put back.

    Raises:
        Superseded: it may not.

    """
    while not _moved(arrived, place):
        if not may_replace(place):
            raise Superseded
        aside = place.with_name(f"{place.name}.replaced-{runner}")
        remove(aside)
        try:
            place.rename(aside)
        except FileNotFoundError:
            continue  # another runner has just moved it
        if not may_replace(aside):
            _moved(aside, place)
            raise Superseded
    sync_folder(place.parent)
    for replaced in beside(place, "replaced"):
        remove(replaced)


def sync(entry: Path) -> None:
    """Make sure that a file, or a folder with all that is in it, is on the disk before a rename refers to it."""
    if not entry.is_dir():
        with entry.open("rb") as file:
            os.fsync(file.fileno())
        return
    for child in entry.iterdir():
        sync(child)
    sync_folder(entry)


def sync_folder(folder: Path) -> None:
    """Make sure that what a folder holds, by name, is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a file system that cannot sync folders
            raise
    finally:
        os.close(descriptor)


def write_durably(file: Path, text: str) -> None:
    """Replace a small file as a whole; it is on the disk when this returns."""
    file.parent.mkdir(parents=True, exist_ok=True)
    own = _own_name(file)
    try:
        _write(own, text, "x")
        own.replace(file)
    finally:
        own.unlink(missing_ok=True)
    sync_folder(file.parent)


def create_durably(file: Path, text: str) -> bool:
    """Make a small file that is not there yet; False if it is. Of several at once, one makes it.

    Raises OSError if it is not on the disk, or may not be: then it is not there either.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    own = _own_name(file)
    made = False
    try:
        _write(own, text, "x")
        made = _linked(own, file)
        own.unlink()
        if made:
            sync_folder(file.parent)
    except OSError:
        with contextlib.suppress(OSError):
            own.unlink(missing_ok=True)
            if made:
                file.unlink(missing_ok=True)
        raise
    return made


def beside(place: Path, kind: str) -> list[Path]:
    """Return what runners temporarily keep beside a place: `partial`, or `replaced`."""
    prefix = f"{place.name}.{kind}-"
    return [entry for entry in place.parent.iterdir() if entry.name.startswith(prefix)]


def remove(entry: Path) -> None:
    """Remove a file or folder, if it is there; others may be removing it, or writing to it, at the same time."""
    while True:
        try:
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink(missing_ok=True)
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.errno != errno.ENOTEMPTY:
                raise
            continue  # somebody has written into it in the meantime
        return


def remove_with_empty_folders(folder: Path, path: PurePath) -> None:
    """Remove a file from below a folder, and the folders that this leaves empty: a file may take such a name."""
    (folder / path).unlink(missing_ok=True)
    for parent in path.parents[:-1]:
        try:
            (folder / parent).rmdir()
        except OSError:
            return  # it holds more


def _moved(source: Path, place: Path) -> bool:
    """Rename, unless something is there: a folder never replaces a full one, and a file replaces nothing at all."""
    try:
        if source.is_dir():
            source.rename(place)
        else:
            os.link(source, place)
            source.unlink()
    except OSError as error:
        if error.errno in _NO_LINKS and not place.exists():
            source.rename(place)
            return True
        if error.errno not in _TAKEN and error.errno not in _NO_LINKS:
            raise
        return False
    return True


def _own_name(file: Path) -> Path:
    """Return where a file is written before it gets its name: several runners may write the same one at once."""
    return file.with_name(f"{file.name}.new-{secrets.token_hex(4)}")


def _linked(own: Path, file: Path) -> bool:
    try:
        os.link(own, file)
    except FileExistsError:
        # A network file system may report that about what it has just done itself.
        return own.samefile(file)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _written_anew(file, own.read_text(encoding="utf-8"))
    return True


def _written_anew(file: Path, text: str) -> bool:
    try:
        _write(file, text, "x")
    except FileExistsError:
        return False
    except OSError:
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)
        raise
    return True


def _write(file: Path, text: str, mode: str) -> None:
    with file.open(mode, encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
