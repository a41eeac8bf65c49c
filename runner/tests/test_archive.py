"""No archive is trusted: what it may not do to the lane's volume."""

import io
import shutil
import subprocess
import tarfile
from pathlib import Path, PurePosixPath

import pytest

from nightlane_runner.container.archive import (
    MOST_HEADER_BYTES,
    MOST_LINKS,
    ArchiveBroken,
    UnpackedFile,
    UnsafeArchive,
    unpack,
)


def _archive(*members: tuple[tarfile.TarInfo, bytes]) -> io.BytesIO:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w|") as archive:
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    stream.seek(0)
    return stream


def _link(kind: bytes, target: str, name: str = "link") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.mark.parametrize("name", ["../out", "/etc/cron.d/x", "a/../../out"])
def test_paths_that_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    """Nothing is written outside."""
    with pytest.raises(UnsafeArchive, match="leaves its folder"):
        unpack(_archive((tarfile.TarInfo(name), b"x")), tmp_path, {})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    """Links lead out, devices are none of our business."""
    with pytest.raises(UnsafeArchive, match="neither a file nor a folder"):
        unpack(_archive((_link(kind, "/etc/passwd"), b"")), tmp_path, {})


def test_hard_link_within_the_archive_is_the_file_again(tmp_path: Path) -> None:
    """Tar writes the second name of a file as a link to the first."""
    files: dict[PurePosixPath, UnpackedFile] = {}
    unpack(_archive((tarfile.TarInfo("a"), b"1"), (_link(tarfile.LNKTYPE, "a"), b"")), tmp_path, files)
    assert files[PurePosixPath("link")] == files[PurePosixPath("a")]
    assert (tmp_path / "link").read_bytes() == b"1"


def test_file_longer_than_announced_is_refused(tmp_path: Path) -> None:
    """The volume is not filled by surprise."""
    with pytest.raises(UnsafeArchive, match="more than the 3"):
        unpack(_archive((tarfile.TarInfo("a"), b"12345")), tmp_path, {}, {PurePosixPath("a"): 3})


def test_hard_link_that_was_not_announced_is_refused(tmp_path: Path) -> None:
    """R35: it has no bytes in the stream, and as many on the volume as what it leads to."""
    stream = _archive((tarfile.TarInfo("a"), b"1"), (_link(tarfile.LNKTYPE, "a"), b""))
    with pytest.raises(UnsafeArchive, match="link, which was not announced"):
        unpack(stream, tmp_path, {}, {PurePosixPath("a"): 1})


def test_hard_links_have_a_limit_where_nothing_is_announced(tmp_path: Path) -> None:
    """R35: a small stream does not fill the volume."""
    links = [(_link(tarfile.LNKTYPE, "a", f"link-{number}"), b"") for number in range(200)]
    with pytest.raises(UnsafeArchive, match=f"more than {MOST_LINKS} hard links to a"):
        unpack(_archive((tarfile.TarInfo("a"), b"1" * 1000), *links), tmp_path, {})
    assert sum(entry.stat().st_size for entry in tmp_path.iterdir()) <= 1000 * (MOST_LINKS + 1)


def test_archive_that_ends_early_is_broken(tmp_path: Path) -> None:
    """In the middle of a file."""
    whole = _archive((tarfile.TarInfo("a"), b"x" * 100_000)).getvalue()
    with pytest.raises(ArchiveBroken):
        unpack(io.BytesIO(whole[:50_000]), tmp_path, {})


class _Endless:
    """An archive's beginning, and then the same block without end."""

    def __init__(self, beginning: bytes, block: bytes) -> None:
        self._beginning = io.BytesIO(beginning)
        self._block = block
        self.given = 0

    def read(self, most: int, /) -> bytes:
        """Give the next bytes."""
        data = self._beginning.read(most) or (self._block * (most // len(self._block) + 1))[:most]
        self.given += len(data)
        return data


def _header(kind: bytes, size: int) -> bytes:
    member = tarfile.TarInfo("a")
    member.type, member.size = kind, size
    return member.tobuf(tarfile.GNU_FORMAT)


def _sparse_map() -> bytes:
    fields = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "a", "GNU.sparse.realsize": "9"}
    member = tarfile.TarInfo("a")
    member.size, member.pax_headers = 1 << 40, fields
    return member.tobuf(tarfile.PAX_FORMAT) + b"999999999999\n".ljust(512, b"1")


def _old_sparse_header() -> bytes:
    header = bytearray(_header(tarfile.GNUTYPE_SPARSE, 512))
    header[482] = 1  # the map goes on
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)


MEBIBYTE = 1024 * 1024

ENDLESS_HEADERS = {
    "pax": _Endless(_header(tarfile.XHDTYPE, 400 * MEBIBYTE), b"9 a=bcde\n"),
    "pax for all": _Endless(_header(tarfile.XGLTYPE, 400 * MEBIBYTE), b"9 a=bcde\n"),
    "a long name": _Endless(_header(tarfile.GNUTYPE_LONGNAME, 400 * MEBIBYTE), b"a"),
    "a long link": _Endless(_header(tarfile.GNUTYPE_LONGLINK, 400 * MEBIBYTE), b"a"),
    "headers of headers": _Endless(b"", _header(tarfile.XHDTYPE, 512) + b"9 a=bcde\n".ljust(512, b"\0")),
    "a map of holes": _Endless(_sparse_map(), b"1\n"),
    "a map of holes in an old form": _Endless(_old_sparse_header(), b"1"),
}


@pytest.mark.parametrize("kind", ENDLESS_HEADERS)
def test_headers_have_a_limit(tmp_path: Path, kind: str) -> None:
    """R35: tarfile keeps them whole, and the container has 256 MiB."""
    source = ENDLESS_HEADERS[kind]
    with pytest.raises(UnsafeArchive, match=f"more than {MOST_HEADER_BYTES} bytes"):
        unpack(source, tmp_path, {})
    assert source.given < 2 * MOST_HEADER_BYTES


def test_numbers_that_are_none_are_a_broken_archive(tmp_path: Path) -> None:
    """R35: tarfile lets them through as they are."""
    with pytest.raises(ArchiveBroken):
        unpack(io.BytesIO(_sparse_map().replace(b"999999999999", b"many numbers")), tmp_path, {})


def test_global_headers_are_refused(tmp_path: Path) -> None:
    """R35: each adds to what is kept for all entries after it."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT, pax_headers={"comment": "x"}) as archive:
        archive.addfile(tarfile.TarInfo("a"))
    stream.seek(0)
    with pytest.raises(UnsafeArchive, match="global header"):
        unpack(stream, tmp_path, {})


def test_files_with_holes_are_refused(tmp_path: Path) -> None:
    """R35: half a kilobyte in the stream, and a terabyte on the volume."""
    with (tmp_path / "big").open("wb") as file:
        file.truncate(1 << 40)
    command = [shutil.which("tar") or "", "-cSf", "-", "-C", str(tmp_path), "big"]
    packed = subprocess.run(command, capture_output=True, check=True).stdout
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(UnsafeArchive, match="'big' with its holes left out"):
        unpack(io.BytesIO(packed), into, {})
    assert list(into.iterdir()) == []


def test_any_number_of_entries_is_within_the_limit(tmp_path: Path) -> None:
    """It is one of each."""
    folders = []
    for number in range(MOST_HEADER_BYTES // 512 * 2):
        folders.append((tarfile.TarInfo(f"folder-{number}"), b""))
        folders[-1][0].type = tarfile.DIRTYPE
    unpack(_archive(*folders), tmp_path, {})
    assert len(list(tmp_path.iterdir())) == len(folders)


def test_the_longest_path_is_within_the_limit(tmp_path: Path) -> None:
    """As long as Linux takes them, in either way of writing it down."""
    name = "/".join(["ä" * 100] * 18)
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w|", format=form) as archive:
            archive.addfile(tarfile.TarInfo(name))
        stream.seek(0)
        files: dict[PurePosixPath, UnpackedFile] = {}
        unpack(stream, tmp_path, files)
        assert list(files) == [PurePosixPath(name)]
