"""Tar streams, packed and unpacked while they pass: no archive is ever stored, and none is trusted."""

import contextlib
import hashlib
import math
import shutil
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Protocol, cast

from nightlane_runner.lane.file_manifest import is_safe

_CHUNK_BYTES = 256 * 1024

MOST_LINKS = 10
"""Hard links to one file that a folder may hold: each costs the file's bytes here."""

MOST_HEADER_BYTES = 64 * 1024
"""Of one entry, read-ahead included: tarfile keeps them in memory, and a path has 4 KiB at most."""


class UnsafeArchive(Exception):
    """An archive holds something that must not be unpacked; the text says what."""


class ArchiveBroken(Exception):
    """An archive ends early or is not a tar."""


class ByteSource(Protocol):
    """Where an archive comes from."""

    def read(self, most: int, /) -> bytes:
        """Return up to `most` bytes, b"" at the end."""
        ...


class ByteSink(Protocol):
    """Where an archive is written to."""

    def write(self, data: bytes, /) -> int:
        """Take all of `data`."""
        ...


@dataclass(frozen=True, slots=True)
class UnpackedFile:
    """One file that came out of an archive, measured while it was written."""

    size: int
    sha256: str


def unpack(
    source: ByteSource,
    into: Path,
    unpacked: dict[PurePosixPath, UnpackedFile],
    listed: Mapping[PurePosixPath, int] | None = None,
) -> None:
    """Unpack files and folders below `into`, and read the source to its end.

    Owners, modes and times are not applied; what may leave the folder or is neither file nor folder is refused.

    Args:
        source: the tar stream.
        into: an existing folder that nobody else uses.
        unpacked: gets each file once it is whole, even if the stream breaks later.
        listed: the files that may come and the most bytes of each, None for any; UnsafeArchive refuses the rest.

    Raises:
        ArchiveBroken: the stream ends early or is not a tar.
        UnsafeArchive: an entry is refused.

    """
    linked: dict[PurePosixPath, UnpackedFile] = {}
    links: Counter[PurePosixPath] = Counter()
    headers = _LimitedHeaders(source)
    try:
        with tarfile.open(fileobj=cast("IO[bytes]", headers), mode="r|") as archive:
            for member in archive:
                headers.reset()
                _require_plain(archive, member)
                path = PurePosixPath(member.name)
                if path.parts and not is_safe(path):
                    raise UnsafeArchive(f"the archive holds the path {member.name!r}, which leaves its folder")
                target = into / path
                if member.isdir():
                    if listed is None:
                        target.mkdir(parents=True, exist_ok=True)
                elif member.isreg():
                    _require_room(path, member.size, listed)
                    with headers.lifted():
                        unpacked[path] = _write(archive, member, target)
                elif member.islnk() and (original := PurePosixPath(member.linkname)) in unpacked:
                    # Such an entry has no bytes of its own in the stream, but any number on the volume.
                    links[original] += 1
                    if links[original] > MOST_LINKS:
                        raise UnsafeArchive(f"the archive holds more than {MOST_LINKS} hard links to {original}")
                    _require_room(path, unpacked[original].size, listed)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(into / original, target)
                    linked[path] = unpacked[original]
                else:
                    raise UnsafeArchive(f"the archive holds {member.name!r}, which is neither a file nor a folder")
    except (tarfile.TarError, ValueError) as error:  # the latter for invalid numbers, and names with a null byte
        raise ArchiveBroken(str(error)) from error
    unpacked.update(linked)
    while source.read(_CHUNK_BYTES):
        pass  # the padding after the last entry was measured at the other end, too


class _LimitedHeaders:
    """A source that limits the bytes before an entry's content, however long its headers claim to be.

    A header may announce any size, follow another one, or lead on to a map of any length.
    """

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self._left: float = MOST_HEADER_BYTES

    def read(self, most: int, /) -> bytes:
        """Read on; raises UnsafeArchive past the limit."""
        data = self._source.read(most)
        self._left -= len(data)
        if self._left < 0:
            raise UnsafeArchive(f"the archive holds an entry with a header of more than {MOST_HEADER_BYTES} bytes")
        return data

    def reset(self) -> None:
        """Note that an entry's headers are read."""
        self._left = MOST_HEADER_BYTES

    @contextlib.contextmanager
    def lifted(self) -> Iterator[None]:
        """Read an entry's content, which is not kept, without the limit."""
        self._left = math.inf
        yield
        self.reset()


def _require_plain(archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    """Refuse what tar does not write for files and folders, and what costs more here than it has in the stream."""
    if archive.pax_headers:
        raise UnsafeArchive("the archive has a global header, which would be kept for all its entries")
    if member.issparse():
        raise UnsafeArchive(f"the archive holds {member.name!r} with its holes left out")


def pack(path: Path, name: str, sink: ByteSink) -> None:
    """Write a tar of a file or folder as `name`; raises UnsafeArchive for anything else in it, such as links."""
    with tarfile.open(fileobj=cast("IO[bytes]", sink), mode="w|", format=tarfile.PAX_FORMAT) as archive:
        archive.add(path, arcname=name, filter=_plain)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    if not (member.isreg() or member.isdir() or member.islnk()):
        raise UnsafeArchive(f"{member.name} is neither a file nor a folder")
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o755 if member.isdir() else 0o644
    return member


def _require_room(path: PurePosixPath, size: int, listed: Mapping[PurePosixPath, int] | None) -> None:
    if listed is None:
        return
    if path not in listed:
        raise UnsafeArchive(f"the archive holds {path}, which was not announced")
    if size > listed[path]:
        raise UnsafeArchive(f"{path} has {size} bytes, more than the {listed[path]} it was announced with")


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> UnpackedFile:
    content = archive.extractfile(member)
    if content is None:
        raise UnsafeArchive(f"{member.name} has no content")
    digest = hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        while chunk := content.read(_CHUNK_BYTES):
            digest.update(chunk)
            file.write(chunk)
    return UnpackedFile(member.size, digest.hexdigest())
