"""No archive is trusted: what it may not do to the lane's volume."""

import io
import tarfile
from pathlib import Path, PurePosixPath

import pytest

from nightlane_runner.container.archive import MOST_LINKS, ArchiveBroken, UnpackedFile, UnsafeArchive, unpack


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
