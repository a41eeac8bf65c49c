"""What is sent into a container: beside its place, compared, then renamed."""

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import pytest

from nightlane_runner.container import work
from nightlane_runner.container.shell_session import ShellSession, TransportFailed, WorkFailed
from nightlane_runner.container.transfer import send_path
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from tests.support.local_shell import DeadShell, LocalShell
from tests.support.local_work import SHELLS, work_in


@pytest.mark.parametrize("shell", SHELLS)
def test_folder_is_sent_whole_and_replaces_what_was_there(shell: Sequence[str], tmp_path: Path) -> None:
    """Received beside its place, compared, then renamed."""
    local = tmp_path / "lane"
    (local / "sub").mkdir(parents=True)
    (local / "sub" / "x").write_bytes(os.urandom(300_000))
    old = tmp_path / "results" / "input"
    old.mkdir(parents=True)
    (old / "stale").write_bytes(b"old")

    send_path(work_in(LocalShell(tmp_path, shell)), local, PurePosixPath("/results/input"), "me", lambda: None)

    assert (old / "sub" / "x").read_bytes() == (local / "sub" / "x").read_bytes()
    assert not (old / "stale").exists()
    assert [entry.name for entry in (tmp_path / "results").iterdir()] == ["input"]


def test_two_that_send_to_one_place_never_mix(tmp_path: Path) -> None:
    """R3: each receives in a folder of its own, and the one that was replaced cannot commit."""
    local = tmp_path / "lane"
    local.mkdir()
    (local / "x").write_bytes(b"new")
    (tmp_path / "results").mkdir()
    asked: list[str] = []

    def replaced_meanwhile() -> None:
        asked.append("asked")
        if len(asked) == 2:
            send_path(work_in(LocalShell(tmp_path)), local, PurePosixPath("/results/input"), "newer", lambda: None)
            raise StepEnded(ExitCode.DETACHED, "replaced")

    with pytest.raises(StepEnded):
        send_path(work_in(LocalShell(tmp_path)), local, PurePosixPath("/results/input"), "late", replaced_meanwhile)

    assert [entry.name for entry in (tmp_path / "results").iterdir()] == ["input"]
    assert (tmp_path / "results" / "input" / "x").read_bytes() == b"new"


def test_single_file_is_sent(tmp_path: Path) -> None:
    """A file is not a folder of one."""
    (tmp_path / "x.csv").write_bytes(b"1,2")
    (tmp_path / "results").mkdir()

    send_path(work_in(LocalShell(tmp_path)), tmp_path / "x.csv", PurePosixPath("/results/in.csv"), "me", lambda: None)

    assert (tmp_path / "results" / "in.csv").read_bytes() == b"1,2"


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("refused", ["the place", "the content"])
def test_refusal_is_heard_before_all_is_sent(shell: Sequence[str], tmp_path: Path, refused: str) -> None:
    """R12: nobody sends hundreds of gigabytes to what cannot take them."""
    if refused == "the content" and "busybox" in shell:
        pytest.skip("its tar is a part of the shell")
    (tmp_path / "lane").mkdir()
    (tmp_path / "lane" / "a").mkdir()
    with (tmp_path / "lane" / "a" / "large").open("wb") as large:
        large.truncate(200_000_000)
    (tmp_path / "results").mkdir()
    if refused == "the place":
        (tmp_path / "results" / "sub").touch()
    programs = _programs_without_room(tmp_path) if refused == "the content" else "/usr/bin:/bin"
    place = LocalShell(tmp_path, shell, path=programs)
    sent: list[int] = []

    class _Counting(ShellSession):
        def write(self, data: bytes) -> int:
            sent.append(len(data))
            return super().write(data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "ShellSession", _Counting)
        with pytest.raises(WorkFailed, match="Not a directory" if refused == "the place" else "no room"):
            send_path(work_in(place), tmp_path / "lane", PurePosixPath("/results/sub/in"), "me", lambda: None)

    assert sum(sent) < 100_000_000


def _programs_without_room(folder: Path) -> str:
    """Return a path on which tar gives up in the middle."""
    programs = folder / "programs"
    programs.mkdir()
    tar = programs / "tar"
    tar.write_text("#!/bin/sh\nhead -c 1000 >/dev/null; echo 'tar: no room' >&2; exit 2\n")
    tar.chmod(0o755)
    return f"{programs}:/usr/bin:/bin"


@pytest.mark.fault(18)
def test_cut_while_sending_puts_nothing_into_place(tmp_path: Path) -> None:
    """Fault 15: what was there before stays."""
    (tmp_path / "lane").write_bytes(os.urandom(500_000))
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "in").write_bytes(b"before")

    dead = work_in(DeadShell(1, LocalShell(tmp_path)))
    with pytest.raises(TransportFailed):
        send_path(dead, tmp_path / "lane", PurePosixPath("/results/in"), "me", lambda: None)

    assert (tmp_path / "results" / "in").read_bytes() == b"before"
