"""Carries files and folders between the customer's containers and the lane, proven by SHA-256 at both ends."""

from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from nightlane_runner import remote_scripts
from nightlane_runner.archive import ArchiveBroken, UnpackedFile, pack, unpack
from nightlane_runner.container_work import ContainerWork
from nightlane_runner.shell_session import ShellSession, TransportFailed

NEEDED_PROGRAMS = ("tar", "tee", "cat", "mv", "rm", "mkdir", "sha256sum")
"""What a container must have besides sh."""

_ABSENT = 66


class RemoteAbsent(Exception):
    """The path does not exist in the container."""


def fetch_file(work: ContainerWork, file: PurePosixPath) -> bytes:
    """Return a small file's content. Raises RemoteAbsent or TransportFailed."""
    with work.session(remote_scripts.SEND_FILE, [str(file)]) as session:
        session.end_input()
        content = b"".join(iter(session.read, b""))
        _require_whole(session, session.received.hexdigest(), str(file))
    return content


def fetch_listed(
    work: ContainerWork,
    folder: PurePosixPath,
    names: Iterable[PurePosixPath],
    into: Path,
    limit: Callable[[PurePosixPath], int | None],
) -> dict[PurePosixPath, UnpackedFile]:
    """Fetch the named files of a folder into `into` as one stream. Raises TransportFailed or UnsafeArchive."""
    with work.session(remote_scripts.SEND_LISTED, [str(folder)]) as session:
        session.write("".join(f"{name}\n" for name in names).encode())
        session.end_input()
        return _unpacked(session, into, limit, str(folder))


def fetch_path(work: ContainerWork, path: PurePosixPath, into: Path) -> dict[PurePosixPath, UnpackedFile]:
    """Fetch a file or folder into `into`, under its own name. Raises RemoteAbsent, TransportFailed, UnsafeArchive."""
    with work.session(remote_scripts.SEND_PATH, [str(path.parent), path.name]) as session:
        session.end_input()
        return _unpacked(session, into, lambda _: None, str(path))


def send_path(work: ContainerWork, local: Path, remote: PurePosixPath) -> str:
    """Send a file or folder so that it is whole at `remote`, or not there at all; return the stream's SHA-256.

    It is received beside its place, as `<remote>.partial`, compared, and then put into place; what was there
    before makes room. Raises TransportFailed or UnsafeArchive.
    """
    partial = remote.with_name(f"{remote.name}.partial")
    replaced = remote.with_name(f"{remote.name}.replaced")
    with work.session(remote_scripts.RECEIVE, [str(partial)]) as session:
        pack(local, remote.name, session)
        session.end_input()
        _require_whole(session, session.sent.hexdigest(), str(remote))
        digest = session.sent.hexdigest()
    arguments = [str(partial), str(remote), str(replaced), remote.name]
    with work.session(remote_scripts.COMMIT, arguments) as session:
        session.end_input()
        ending = session.ending()
        if ending.status != 0:
            raise TransportFailed(f"{partial} could not be moved to {remote} in {work.target}: {session.errors()}")
    return digest


def _unpacked(
    session: ShellSession, into: Path, limit: Callable[[PurePosixPath], int | None], what: str
) -> dict[PurePosixPath, UnpackedFile]:
    try:
        unpacked = unpack(session, into, limit)
    except ArchiveBroken as error:
        # The script's ending says better why the stream broke, or that the path is not there.
        _require_whole(session, session.received.hexdigest(), what)
        raise TransportFailed(f"the archive of {what} is broken: {error}") from error
    _require_whole(session, session.received.hexdigest(), what)
    return unpacked


def _require_whole(session: ShellSession, sha256: str, what: str) -> None:
    ending = session.ending()
    if ending.status == _ABSENT:
        raise RemoteAbsent(what)
    if ending.status != 0:
        raise TransportFailed(f"{what} in the container: status {ending.status}, {session.errors() or 'no message'}")
    if ending.measure != sha256:
        raise TransportFailed(f"{what} was cut or altered on the way: SHA-256 {sha256} here, {ending.measure} there")
