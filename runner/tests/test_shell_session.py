"""Faults 14, 15 and 17 at their root: the scripts in real shells, and connections that lie about their end."""

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import pytest

from nightlane_runner.container import remote_scripts
from nightlane_runner.container.pod_shell import PodContainer, PodShell
from nightlane_runner.container.shell_session import Ending, TransportFailed
from nightlane_runner.container.transfer import NEEDED_PROGRAMS, RemoteAbsent, fetch_listed, fetch_path, send_path
from nightlane_runner.container.work import ContainerWork, OutOfTime
from nightlane_runner.failures import StepEnded
from tests.support.local_shell import DeadShell, LocalShell

SHELLS = [
    pytest.param(shell, marks=pytest.mark.skipif(shutil.which(shell[0]) is None, reason="not on this machine"))
    for shell in (("dash",), ("bash", "--posix"), ("busybox", "sh"))
]


def _work(shell: PodShell, seconds: float = 20.0) -> ContainerWork:
    return ContainerWork(shell, PodContainer("pricing-0", "main"), lambda: None, time.monotonic() + seconds)


def _run(work: ContainerWork, *command: str) -> tuple[bytes, Ending, str]:
    with work.session(remote_scripts.RUN_COMMAND, command) as session:
        session.wait_until_begun()
        session.write(b"go\n")
        session.end_input()
        output = b"".join(iter(session.read, b""))
        return output, session.ending(), session.errors()


@pytest.mark.parametrize("shell", SHELLS)
def test_command_reports_its_status_and_bytes(shell: Sequence[str], tmp_path: Path) -> None:
    """Output, errors, status and count come apart and whole, in every shell."""
    work = _work(LocalShell(tmp_path, shell))

    output, ending, errors = _run(work, "sh", "-c", "printf 'a\\nb'; echo oops >&2; exit 7")

    assert output == b"a\nb"
    assert ending == Ending(7, "3")
    assert errors == "oops"


@pytest.mark.parametrize("shell", SHELLS)
def test_command_arguments_arrive_as_they_are(shell: Sequence[str], tmp_path: Path) -> None:
    """No shell takes a second look at them."""
    work = _work(LocalShell(tmp_path, shell))
    odd = ["a b", "$HOME", "`id`", "*", "", "-n", 'quo"te', "new\nline"]

    output, _, _ = _run(work, "printf", "<%s>", *odd)

    assert output.decode() == "".join(f"<{item}>" for item in odd)


def test_large_binary_output_is_counted_exactly(tmp_path: Path) -> None:
    """More than any pipe holds, with every byte value."""
    (tmp_path / "data").write_bytes(os.urandom(3_000_000))

    output, ending, _ = _run(_work(LocalShell(tmp_path)), "cat", str(tmp_path / "data"))

    assert output == (tmp_path / "data").read_bytes()
    assert ending.measure == "3000000"


@pytest.mark.fault(14)
def test_truncated_output_with_exit_code_0_is_no_success(tmp_path: Path) -> None:
    """Fault 14: without the last words, nothing counts."""
    shell = LocalShell(tmp_path)
    shell.cuts = [1000]
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "var.json").write_bytes(os.urandom(100_000))

    with pytest.raises(TransportFailed, match="exit code 0 before the script did"):
        fetch_path(_work(shell), PurePosixPath("/results/var.json"), tmp_path)


def test_command_that_was_never_told_to_go_does_not_start(tmp_path: Path) -> None:
    """A connection that is cut before is known not to have started anything."""
    with _work(LocalShell(tmp_path)).session(remote_scripts.RUN_COMMAND, ["touch", str(tmp_path / "ran")]) as session:
        session.wait_until_begun()
        session.end_input()
        with pytest.raises(TransportFailed):
            session.ending()

    assert not (tmp_path / "ran").exists()


def test_unreachable_container_says_why(tmp_path: Path) -> None:
    """The transport's own words are the message."""
    work = _work(DeadShell(1, LocalShell(tmp_path)))
    with work.session(remote_scripts.RUN_COMMAND, ["true"]) as session, pytest.raises(TransportFailed) as failure:
        session.wait_until_begun()
    assert "unable to upgrade connection" in str(failure.value)


@pytest.mark.fault(17)
def test_missing_programs_are_named(tmp_path: Path) -> None:
    """Fault 17: which of them, and what to do."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("sh", "cat", "tee", "mv", "rm", "mkdir"):
        (tools / tool).symlink_to(shutil.which(tool) or "/bin/sh")
    shell = LocalShell(tmp_path, ("/bin/sh",), path=str(tools))

    with pytest.raises(StepEnded) as end:
        _work(shell).require_programs(*NEEDED_PROGRAMS)

    assert end.value.code == 50
    assert "container main of pod pricing-0 lacks tar, sha256sum" in end.value.sentence


@pytest.mark.fault(17)
def test_container_without_a_shell_is_named(tmp_path: Path) -> None:
    """Fault 17: a distroless image."""
    message = 'OCI runtime exec failed: exec: "sh": executable file not found in $PATH'
    with pytest.raises(StepEnded) as end:
        _work(DeadShell(1, LocalShell(tmp_path), message)).require_programs("tar")
    assert "lacks sh" in end.value.sentence


@pytest.mark.fault(16)
def test_time_limit_ends_a_session(tmp_path: Path) -> None:
    """Fault 16: a wall-clock limit on whatever hangs, and no process stays behind."""
    work = _work(LocalShell(tmp_path), seconds=1.0)
    with work.session(remote_scripts.RUN_COMMAND, ["sleep", "60"]) as session:
        session.wait_until_begun()
        session.write(b"go\n")
        with pytest.raises(OutOfTime):
            session.read()


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

    files = fetch_path(_work(LocalShell(tmp_path, shell)), PurePosixPath("/results/report"), into)

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
        return {PurePosixPath(line): 1 for line in content.decode().splitlines()}

    content, files = fetch_listed(_work(LocalShell(tmp_path)), PurePosixPath("/results/step"), "list", listed, into)

    assert content == (remote / "list").read_bytes()
    assert set(files) == set(names)


def test_list_that_is_cut_is_told_from_one_that_is_not_there(tmp_path: Path) -> None:
    """A cut connection is worth another try."""
    remote = tmp_path / "results" / "step"
    remote.mkdir(parents=True)
    (remote / "list").write_bytes(b"x" * 100_000)
    shell = LocalShell(tmp_path)
    shell.cuts = [1000]

    with pytest.raises(TransportFailed, match="cut after"):
        fetch_listed(_work(shell), PurePosixPath("/results/step"), "list", lambda _: {}, tmp_path)


def test_absent_path_is_told_apart_from_a_broken_connection(tmp_path: Path) -> None:
    """It does not help to try again."""
    with pytest.raises(RemoteAbsent):
        fetch_path(_work(LocalShell(tmp_path)), PurePosixPath("/results/none"), tmp_path)
    with pytest.raises(RemoteAbsent):
        fetch_listed(_work(LocalShell(tmp_path)), PurePosixPath("/results"), "none", lambda _: {}, tmp_path)


@pytest.mark.parametrize("shell", SHELLS)
def test_folder_is_sent_whole_and_replaces_what_was_there(shell: Sequence[str], tmp_path: Path) -> None:
    """Received beside its place, compared, then renamed."""
    local = tmp_path / "lane"
    (local / "sub").mkdir(parents=True)
    (local / "sub" / "x").write_bytes(os.urandom(300_000))
    old = tmp_path / "results" / "input"
    old.mkdir(parents=True)
    (old / "stale").write_bytes(b"old")

    send_path(_work(LocalShell(tmp_path, shell)), local, PurePosixPath("/results/input"))

    assert (old / "sub" / "x").read_bytes() == (local / "sub" / "x").read_bytes()
    assert not (old / "stale").exists()
    assert [entry.name for entry in (tmp_path / "results").iterdir()] == ["input"]


def test_single_file_is_sent(tmp_path: Path) -> None:
    """A file is no folder of one."""
    (tmp_path / "x.csv").write_bytes(b"1,2")
    (tmp_path / "results").mkdir()

    send_path(_work(LocalShell(tmp_path)), tmp_path / "x.csv", PurePosixPath("/results/in.csv"))

    assert (tmp_path / "results" / "in.csv").read_bytes() == b"1,2"


@pytest.mark.fault(18)
def test_cut_while_sending_puts_nothing_into_place(tmp_path: Path) -> None:
    """Fault 15: what was there before stays."""
    (tmp_path / "lane").write_bytes(os.urandom(500_000))
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "in").write_bytes(b"before")

    with pytest.raises(TransportFailed):
        send_path(_work(DeadShell(1, LocalShell(tmp_path))), tmp_path / "lane", PurePosixPath("/results/in"))

    assert (tmp_path / "results" / "in").read_bytes() == b"before"


def test_command_is_ended_with_what_it_started(tmp_path: Path) -> None:
    """The operator's stop reaches the container."""
    work = _work(LocalShell(tmp_path))
    with work.session(remote_scripts.RUN_COMMAND, ["sh", "-c", "echo started; sleep 60; echo over"]) as session:
        session.wait_until_begun()
        session.write(b"go\n")
        assert session.read() == b"started\n"
        with work.session(remote_scripts.END_COMMAND, [str(session.remote_pid), session.nonce]) as ender:
            ender.end_input()
            assert ender.ending().status == 0
        assert session.read() == b""


def test_process_of_somebody_else_is_not_ended(tmp_path: Path) -> None:
    """A process number may have been used again."""
    with _work(LocalShell(tmp_path)).session(remote_scripts.END_COMMAND, [str(os.getpid()), "f00d"]) as ender:
        ender.end_input()
        assert ender.ending() == Ending(0, "absent")
