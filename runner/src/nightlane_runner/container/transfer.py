"""Copies files and folders between the customer's containers and the lane, verified by SHA-256 at both ends."""

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from nightlane_runner.container import remote_scripts
from nightlane_runner.container.archive import ArchiveBroken, UnpackedFile, UnsafeArchive, pack, unpack
from nightlane_runner.container.shell_session import ShellSession, TransportFailed, WorkFailed
from nightlane_runner.container.work import ContainerWork

NEEDED_PROGRAMS = ("tar", "tee", "cat", "mv", "rm", "mkdir", "sha256sum")
"""What a container must have besides sh."""

_ABSENT = 66

MOST_LIST_BYTES = 6 * 1024 * 1024
"""Of a list of files: some 40,000 of them. In memory it takes twenty times as much at worst."""

_LONGEST_NUMBER = 20


class RemoteAbsent(Exception):
    """The path does not exist in the container."""


def fetch_listed(
    work: ContainerWork,
    folder: PurePosixPath,
    name: str,
    listed: Callable[[bytes], Mapping[PurePosixPath, int]],
    into: Path,
    unpacked: dict[PurePosixPath, UnpackedFile],
) -> None:
    """Fetch a folder's list and the files on it into `into`, in one session: each takes a second or more to start.

    Args:
        work: the container.
        folder: the folder there.
        name: of the list in it.
        listed: reads the list: the bytes of each file. A file that it does not name may have no byte at all, so that
            the volume cannot be filled by surprise.
        into: an existing folder that nobody else uses.
        unpacked: gets each file once it is whole, even if the connection breaks later.

    Raises:
        RemoteAbsent: there is no list.
        TransportFailed, UnsafeArchive: what came is not whole, or must not be unpacked.

    """
    with work.session(remote_scripts.SEND_LISTED, [str(folder), name]) as session:
        _fetch(session, str(folder / name), str(folder), listed, into, unpacked)


def fetch_hashed(
    work: ContainerWork,
    folder: PurePosixPath,
    names: Sequence[str],
    listed: Callable[[bytes], Mapping[PurePosixPath, int]],
    into: Path,
    unpacked: dict[PurePosixPath, UnpackedFile],
) -> None:
    """As `fetch_listed`, for a folder without a list: the container makes it from the folder's content, with hashes.

    Args:
        work: the container, whose tar and find are GNU's.
        folder: the folder there.
        names: what to fetch from it; all of it if there is none.
        listed: reads the list, in the form of `remote_scripts.SEND_HASHED`.
        into: an existing folder that nobody else uses.
        unpacked: gets each file once it is whole, even if the connection breaks later.

    Raises:
        RemoteAbsent: there is no such folder.
        TransportFailed, UnsafeArchive: what came is not whole, or must not be unpacked.

    """
    with work.session(remote_scripts.SEND_HASHED, [str(folder), *names]) as session:
        _fetch(session, f"the list of {folder}", str(folder), listed, into, unpacked)


def fetch_path(work: ContainerWork, path: PurePosixPath, into: Path) -> dict[PurePosixPath, UnpackedFile]:
    """Fetch a file or folder into `into`, under its own name. Raises RemoteAbsent, TransportFailed, UnsafeArchive."""
    with work.session(remote_scripts.SEND_PATH, [str(path.parent), path.name]) as session:
        unpacked: dict[PurePosixPath, UnpackedFile] = {}
        _unpack(session, into, unpacked, str(path))
        return unpacked


def send_path(
    work: ContainerWork, local: Path, remote: PurePosixPath, runner: str, require_charge: Callable[[], None]
) -> str:
    """Send a file or folder so that it is whole at `remote`, or not there at all; return the stream's SHA-256.

    It is received beside its place, as `<remote>.partial-<runner>-<try>`, compared, and then put into place; what was
    there before makes room. Raises TransportFailed or UnsafeArchive, and what `require_charge` raises.
    """
    partial = _partial(remote, runner)
    require_charge()
    with work.session(remote_scripts.RECEIVE, [str(partial), str(remote)]) as session:
        pack(local, remote.name, session)
        session.end_input()
        _require_whole(session, session.sent.hexdigest(), str(remote))
        digest = session.sent.hexdigest()
    _commit(work, partial, remote, require_charge)
    return digest


def copy_within(
    work: ContainerWork, source: PurePosixPath, remote: PurePosixPath, runner: str, require_charge: Callable[[], None]
) -> None:
    """Copy a file or folder that the container has so that it is whole at `remote`, or not there at all.

    Raises RemoteAbsent or TransportFailed, and what `require_charge` raises.
    """
    partial = _partial(remote, runner)
    require_charge()
    with work.session(remote_scripts.COPY_FOLDER, [str(source), str(partial), str(remote)]) as session:
        ending = session.ending()
        if ending.status == _ABSENT:
            raise RemoteAbsent(str(source))
        if ending.status != 0:
            raise WorkFailed(f"{source} could not be copied to {remote}: {session.errors() or 'no message'}")
    _commit(work, partial, remote, require_charge)


def _partial(remote: PurePosixPath, runner: str) -> PurePosixPath:
    # Each try has its own, so that it does not meet what an earlier one of the same runner still does.
    return remote.with_name(f"{remote.name}.partial-{runner}-{secrets.token_hex(4)}")


def _commit(
    work: ContainerWork, partial: PurePosixPath, remote: PurePosixPath, require_charge: Callable[[], None]
) -> None:
    # Apart: a script goes on when its runner has been ended, and a busy volume takes minutes to write.
    with work.session(remote_scripts.SYNC, [str(partial)]) as session:
        ending = session.ending()
        if ending.status != 0:
            raise WorkFailed(f"{partial} could not be written to the disk in {work.target}: {session.errors()}")
    require_charge()
    with work.session(remote_scripts.COMMIT, [str(partial), str(remote), remote.name]) as session:
        ending = session.ending()
        if ending.status != 0:
            raise WorkFailed(f"{partial} could not be moved to {remote} in {work.target}: {session.errors()}")


def _fetch(
    session: ShellSession,
    what: str,
    folder: str,
    listed: Callable[[bytes], Mapping[PurePosixPath, int]],
    into: Path,
    unpacked: dict[PurePosixPath, UnpackedFile],
) -> None:
    """Read a list, answer with the files that are wanted from it, and unpack them."""
    sizes = listed(_sized(session, what))
    # As ./name, so that none is taken for an option.
    session.write(os.fsencode("".join(f"./{path}\n" for path in sizes) + ".\n"))
    _unpack(session, into, unpacked, folder, sizes)


def _sized(session: ShellSession, what: str) -> bytes:
    """Read a line with a size, and as many bytes."""
    line = b""
    while not line.endswith(b"\n"):
        if len(line) > _LONGEST_NUMBER or not (byte := session.read(1)):
            _require_whole(session, session.received.hexdigest(), what)
            raise TransportFailed(f"{what} did not arrive")
        line += byte
    if not line.strip().isdigit():
        raise TransportFailed(f"{what} did not arrive")
    size = int(line)
    if size > MOST_LIST_BYTES:
        raise UnsafeArchive(
            f"{what} has {size} bytes, and such a list {MOST_LIST_BYTES} at most: some 40,000 files; write fewer"
        )
    content = b""
    while (missing := size - len(content)) > 0:
        if not (chunk := session.read(missing)):
            _require_whole(session, session.received.hexdigest(), what)
            raise TransportFailed(f"{what} was cut after {len(content)} of {size} bytes")
        content += chunk
    return content


def _unpack(
    session: ShellSession,
    into: Path,
    unpacked: dict[PurePosixPath, UnpackedFile],
    what: str,
    listed: Mapping[PurePosixPath, int] | None = None,
) -> None:
    try:
        unpack(session, into, unpacked, listed)
    except ArchiveBroken as error:
        # The script's ending explains better why the stream broke, or that the path is not there.
        _require_whole(session, session.received.hexdigest(), what)
        raise TransportFailed(f"the archive of {what} is broken: {error}") from error
    _require_whole(session, session.received.hexdigest(), what)


def _require_whole(session: ShellSession, sha256: str, what: str) -> None:
    ending = session.ending()
    if ending.status == _ABSENT:
        raise RemoteAbsent(what)
    if ending.status != 0:
        raise WorkFailed(f"{what} in the container: status {ending.status}, {session.errors() or 'no message'}")
    if ending.measure != sha256:
        raise TransportFailed(f"{what} was cut or altered on the way: SHA-256 {sha256} here, {ending.measure} there")
