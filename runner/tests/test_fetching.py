"""What is fetched from a container's folder: with real shells and real tar."""

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import pytest

from nightlane_runner.container.archive import UnpackedFile, UnsafeArchive
from nightlane_runner.container.shell_session import TransportFailed, WorkFailed
from nightlane_runner.container.transfer import RemoteAbsent, copy_within, fetch_hashed, fetch_listed, fetch_path
from nightlane_runner.container.work import ContainerWork
from tests.support.local_shell import LocalShell
from tests.support.local_work import SHELLS, held, work_in


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.fault(16)
def test_folder_comes_back_whole(shell: Sequence[str], tmp_path: Path) -> None:
    """Folders, empty ones too, links followed, odd names."""
    remote = tmp_path / "results" / "report"
    (remote / "deep" / "er").mkdir(parents=True)
    (remote / "empty").mkdir()
    (remote / "a b.csv").write_bytes(b"1")
    (remote / "deep" / "er" / "x.bin").write_bytes(os.urandom(200_000))
    (remote / "latest").symlink_to("a b.csv")
    into = tmp_path / "lane"
    into.mkdir()

    files = fetch_path(work_in(LocalShell(tmp_path, shell)), PurePosixPath("/results/report"), into)

    assert {str(path) for path in files} == {"report/a b.csv", "report/deep/er/x.bin", "report/latest"}
    assert (into / "report/deep/er/x.bin").read_bytes() == (remote / "deep/er/x.bin").read_bytes()
    assert (into / "report/empty").is_dir()
    assert not (into / "report/latest").is_symlink()


def test_only_listed_files_are_fetched(tmp_path: Path) -> None:
    """The names travel on standard input, so a list longer than any pipe or address holds fits."""
    remote = tmp_path / "results" / "step"
    remote.mkdir(parents=True)
    names = [PurePosixPath(f"part-{number:0100}") for number in range(2000)]
    for name in names:
        (remote / name).write_bytes(b"1")
    (remote / "scratch").write_bytes(b"2")
    into = tmp_path / "lane"
    into.mkdir()

    (remote / "list").write_text("\n".join(map(str, names)))

    def listed(content: bytes) -> dict[PurePosixPath, int]:
        assert content == (remote / "list").read_bytes()
        return {PurePosixPath(line): 1 for line in content.decode().splitlines()}

    files: dict[PurePosixPath, UnpackedFile] = {}
    fetch_listed(work_in(LocalShell(tmp_path)), PurePosixPath("/results/step"), "list", listed, into, files)

    assert set(files) == set(names)


@pytest.mark.parametrize("name", ["-delta.csv", "back\\slash.csv", "--checkpoint=1", "a b.csv", "Übersicht.csv", "*"])
def test_name_is_taken_literally(tmp_path: Path, name: str) -> None:
    """R36: a name is data, whatever tar would make of it."""
    remote, into = tmp_path / "results" / "step", tmp_path / "lane"
    remote.mkdir(parents=True)
    into.mkdir()
    (remote / name).write_bytes(b"1")
    (remote / "list").write_text("")
    files: dict[PurePosixPath, UnpackedFile] = {}

    fetch_listed(
        work_in(LocalShell(tmp_path)),
        PurePosixPath("/results/step"),
        "list",
        lambda _: {PurePosixPath(name): 1},
        into,
        files,
    )

    assert (into / name).read_bytes() == b"1"
    assert set(files) == {PurePosixPath(name)}


@pytest.mark.parametrize("program", ["wc", "cat"])
def test_list_that_cannot_be_read_is_said_at_once(tmp_path: Path, program: str) -> None:
    """R23: neither end waits for the other; the container's own message is reported."""
    remote, programs = tmp_path / "results" / "step", tmp_path / "bin"
    remote.mkdir(parents=True)
    (remote / "list").write_text("x")
    programs.mkdir()
    failing = programs / program
    failing.write_text('#!/bin/sh\necho "$0: Stale file handle" >&2\nexit 1\n')
    failing.chmod(0o755)
    shell = LocalShell(tmp_path, path=f"{programs}:/usr/bin:/bin")

    with pytest.raises(WorkFailed, match=r"status 74.*Stale file handle"):
        fetch_listed(work_in(shell), PurePosixPath("/results/step"), "list", lambda _: {}, tmp_path, {})


_FOLDER = PurePosixPath("/results/step")


def _fetched(work: ContainerWork, how: str, into: Path) -> None:
    if how == "list":
        fetch_listed(work, _FOLDER, "out", lambda _: {}, into, {})
    elif how == "folder":
        fetch_hashed(work, _FOLDER / "out", [], lambda _: {}, into, {})
    elif how == "path":
        fetch_path(work, _FOLDER / "out", into)
    else:
        copy_within(work, _FOLDER / "out", PurePosixPath("/results/new"), "me", lambda: None)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("how", ["list", "folder", "path", "copy"])
def test_what_cannot_be_looked_at_is_not_taken_for_absent(shell: Sequence[str], how: str, tmp_path: Path) -> None:
    """R23: a program's night may be there, behind a mount that is stale for a moment, or another user's folder."""
    remote, into = tmp_path / "results" / "step", tmp_path / "into"
    remote.mkdir(parents=True)
    into.mkdir()
    with pytest.raises(RemoteAbsent):
        _fetched(work_in(LocalShell(tmp_path, held(shell))), how, into)

    remote.chmod(0)
    try:
        with pytest.raises(WorkFailed, match="Permission denied"):
            _fetched(work_in(LocalShell(tmp_path, held(shell))), how, into)
    finally:
        remote.chmod(0o755)


def test_list_of_a_size_that_no_list_has_is_refused(tmp_path: Path) -> None:
    """R38: no memory is given to a length that the other side names."""
    remote = tmp_path / "results" / "step"
    remote.mkdir(parents=True)
    with (remote / "list").open("wb") as file:
        file.truncate(10**12)

    with pytest.raises(UnsafeArchive, match="1000000000000 bytes"):
        fetch_listed(work_in(LocalShell(tmp_path)), PurePosixPath("/results/step"), "list", lambda _: {}, tmp_path, {})


def test_list_that_is_cut_is_told_from_one_that_is_not_there(tmp_path: Path) -> None:
    """A cut connection is worth another try."""
    remote = tmp_path / "results" / "step"
    remote.mkdir(parents=True)
    (remote / "list").write_bytes(b"x" * 100_000)
    shell = LocalShell(tmp_path)
    shell.cuts = [1000]

    with pytest.raises(TransportFailed, match="before the script did"):
        fetch_listed(work_in(shell), PurePosixPath("/results/step"), "list", lambda _: {}, tmp_path, {})


def test_absent_path_is_told_apart_from_a_broken_connection(tmp_path: Path) -> None:
    """It does not help to try again."""
    with pytest.raises(RemoteAbsent):
        fetch_path(work_in(LocalShell(tmp_path)), PurePosixPath("/results/none"), tmp_path)
    with pytest.raises(RemoteAbsent):
        fetch_listed(work_in(LocalShell(tmp_path)), PurePosixPath("/results"), "none", lambda _: {}, tmp_path, {})
