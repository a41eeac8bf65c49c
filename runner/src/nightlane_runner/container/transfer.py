"""Carries files and folders between the customer's containers and the lane, proven by SHA-256 at both ends."""

from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from nightlane_runner.container import remote_scripts
from nightlane_runner.container.archive import ArchiveBroken, UnpackedFile, pack, unpack
from nightlane_runner.container.shell_session import ShellSession, TransportFailed, WorkFailed
from nightlane_runner.container.work import ContainerWork

NEEDED_PROGRAMS = ("tar", "tee", "cat", "mv", "rm", "mkdir", "sha256sum")
"""What a container must have besides sh."""

_ABSENT = 66


class RemoteAbsent(Exception):
    """The path does not exist in the container."""


def fetch_listed(
    work: ContainerWork,
    folder: PurePosixPath,
    name: str,
    listed: Callable[[bytes], Mapping[PurePosixPath, int]],
    into: Path,
) -> tuple[bytes, dict[PurePosixPath, UnpackedFile]]:
    """Fetch a folder's list and the files on it into `into`, in one session: each costs a second or more to begin.

    Args:
        work: the container.
        folder: the folder there.
        name: of the list in it.
        listed: what the list says: the bytes of each file. Whatever it does not say may have no byte at all, so that
            the volume cannot be filled by surprise.
        into: an existing folder that is ours alone.

    Returns:
        The list's content, and the files.

    Raises:
        RemoteAbsent: there is no list.
        TransportFailed, UnsafeArchive: what came is not whole, or not to be unpacked.

    """
    with work.session(remote_scripts.SEND_LISTED, [str(folder), name]) as session:
        content = _sized(session, str(folder / name))
        sizes = listed(content)
        session.write("".join(f"{path}\n" for path in sizes).encode())
        session.end_input()
        return content, _unpacked(session, into, lambda path: sizes.get(path, 0), str(folder))


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
            raise WorkFailed(f"{partial} could not be moved to {remote} in {work.target}: {session.errors()}")
    return digest


def _sized(session: ShellSession, what: str) -> bytes:
    """Read a size, a line, and so many bytes."""
    line = b""
    while not line.endswith(b"\n"):
        if not (byte := session.read(1)):
            _require_whole(session, session.received.hexdigest(), what)
            raise TransportFailed(f"{what} did not arrive")
        line += byte
    content = b""
    while (missing := int(line) - len(content)) > 0:
        if not (chunk := session.read(missing)):
            raise TransportFailed(f"{what} was cut after {len(content)} of {int(line)} bytes")
        content += chunk
    return content


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
        raise WorkFailed(f"{what} in the container: status {ending.status}, {session.errors() or 'no message'}")
    if ending.measure != sha256:
        raise TransportFailed(f"{what} was cut or altered on the way: SHA-256 {sha256} here, {ending.measure} there")
