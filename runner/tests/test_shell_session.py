"""Faults 14, 15 and 17 at their root: the scripts in real shells, and connections that lie about their end."""

import os
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

import pytest

from nightlane_runner.container import remote_scripts
from nightlane_runner.container import work as work_module
from nightlane_runner.container.archive import UnpackedFile, UnsafeArchive
from nightlane_runner.container.pod_shell import PodContainer, PodShell
from nightlane_runner.container.remote_process import LocalProcess
from nightlane_runner.container.shell_session import Ending, TransportFailed, WorkFailed
from nightlane_runner.container.transfer import (
    NEEDED_PROGRAMS,
    RemoteAbsent,
    copy_within,
    fetch_listed,
    fetch_path,
    send_path,
)
from nightlane_runner.container.work import ContainerWork, OutOfTime
from nightlane_runner.exit_codes import ExitCode
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
        output = b"".join(iter(session.read, b""))
        *lines, end, nothing = output.split(b"\n")
        assert session.is_end(end)
        assert nothing == b""
        return b"\n".join(lines), session.ending(), session.errors()


@pytest.mark.parametrize("shell", SHELLS)
def test_command_reports_its_status_in_both_streams(shell: Sequence[str], tmp_path: Path) -> None:
    """Output, errors and status come apart and whole, in every shell."""
    work = _work(LocalShell(tmp_path, shell))

    output, ending, errors = _run(work, "sh", "-c", "printf 'a\\nb'; echo oops >&2; exit 7")

    assert output == b"a\nb"
    assert ending == Ending(7, "said")
    assert errors == "oops"


@pytest.mark.parametrize("shell", SHELLS)
def test_command_arguments_arrive_as_they_are(shell: Sequence[str], tmp_path: Path) -> None:
    """No shell takes a second look at them."""
    work = _work(LocalShell(tmp_path, shell))
    odd = ["a b", "$HOME", "`id`", "*", "", "-n", 'quo"te', "new\nline"]

    output, _, _ = _run(work, "printf", "<%s>", *odd)

    assert output.decode() == "".join(f"<{item}>" for item in odd)


def test_large_binary_output_arrives_whole(tmp_path: Path) -> None:
    """More than any pipe holds, with every byte value."""
    (tmp_path / "data").write_bytes(os.urandom(3_000_000))

    output, ending, _ = _run(_work(LocalShell(tmp_path)), "cat", str(tmp_path / "data"))

    assert output == (tmp_path / "data").read_bytes()
    assert ending.status == 0


@pytest.mark.fault(14)
def test_command_whose_output_was_cut_is_no_success(tmp_path: Path) -> None:
    """Fault 14: its last words are missing in one of its streams."""
    shell = LocalShell(tmp_path)
    shell.cuts = [100]
    with _work(shell).session(remote_scripts.RUN_COMMAND, ["sh", "-c", "seq 1000"]) as session:
        session.write(b"go\n")
        output = b"".join(iter(session.read, b""))
        assert not any(session.is_end(line) for line in output.split(b"\n"))
        with pytest.raises(TransportFailed):
            session.ending()


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
@pytest.mark.parametrize(
    "message",
    [
        'OCI runtime exec failed: exec: "sh": executable file not found in $PATH',
        'unable to start container process: exec: "sh": stat /bin/sh: no such file',
        "crun: executable file `sh` not found in $PATH: No such file or directory",
    ],
)
def test_container_without_a_shell_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, message: str) -> None:
    """Fault 17: a distroless image. It says the same when it is asked again."""
    monkeypatch.setattr(work_module, "ASK_AGAIN_SECONDS", 0.1)
    with pytest.raises(StepEnded) as end:
        _work(DeadShell(2, LocalShell(tmp_path), message)).require_programs("tar")
    assert "lacks sh" in end.value.sentence


@pytest.mark.parametrize(
    ("message", "times"),
    [
        ("error sending request: dial unix /run/containerd/containerd.sock: connect: no such file or directory", 9),
        ("failed to create shim task: open /proc/4711/ns/ipc: no such file or directory: unknown", 9),
        ('OCI runtime exec failed: exec: "sh": executable file not found in $PATH', 1),
    ],
)
def test_trouble_of_a_node_is_not_taken_for_a_container_without_a_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, message: str, times: int
) -> None:
    """R12: its runtime starts anew, or its memory is short; it is asked again, by whoever bears such failures."""
    monkeypatch.setattr(work_module, "ASK_AGAIN_SECONDS", 0.1)
    work = _work(DeadShell(times, LocalShell(tmp_path), message))
    if times == 1:
        work.require_programs("tar")
        return
    with pytest.raises(TransportFailed, match="no such file or directory"):
        work.require_programs("tar")


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
        assert content == (remote / "list").read_bytes()
        return {PurePosixPath(line): 1 for line in content.decode().splitlines()}

    files: dict[PurePosixPath, UnpackedFile] = {}
    fetch_listed(_work(LocalShell(tmp_path)), PurePosixPath("/results/step"), "list", listed, into, files)

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
        _work(LocalShell(tmp_path)),
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
    """R23: neither end waits for the other; the container's own words are told."""
    remote, programs = tmp_path / "results" / "step", tmp_path / "bin"
    remote.mkdir(parents=True)
    (remote / "list").write_text("x")
    programs.mkdir()
    failing = programs / program
    failing.write_text('#!/bin/sh\necho "$0: Stale file handle" >&2\nexit 1\n')
    failing.chmod(0o755)
    shell = LocalShell(tmp_path, path=f"{programs}:/usr/bin:/bin")

    with pytest.raises(WorkFailed, match=r"status 74.*Stale file handle"):
        fetch_listed(_work(shell), PurePosixPath("/results/step"), "list", lambda _: {}, tmp_path, {})


def test_list_of_a_size_that_no_list_has_is_refused(tmp_path: Path) -> None:
    """R38: no memory is given to a length that the other side names."""
    remote = tmp_path / "results" / "step"
    remote.mkdir(parents=True)
    with (remote / "list").open("wb") as file:
        file.truncate(10**12)

    with pytest.raises(UnsafeArchive, match="1000000000000 bytes"):
        fetch_listed(_work(LocalShell(tmp_path)), PurePosixPath("/results/step"), "list", lambda _: {}, tmp_path, {})


def test_list_that_is_cut_is_told_from_one_that_is_not_there(tmp_path: Path) -> None:
    """A cut connection is worth another try."""
    remote = tmp_path / "results" / "step"
    remote.mkdir(parents=True)
    (remote / "list").write_bytes(b"x" * 100_000)
    shell = LocalShell(tmp_path)
    shell.cuts = [1000]

    with pytest.raises(TransportFailed, match="before the script did"):
        fetch_listed(_work(shell), PurePosixPath("/results/step"), "list", lambda _: {}, tmp_path, {})


def test_absent_path_is_told_apart_from_a_broken_connection(tmp_path: Path) -> None:
    """It does not help to try again."""
    with pytest.raises(RemoteAbsent):
        fetch_path(_work(LocalShell(tmp_path)), PurePosixPath("/results/none"), tmp_path)
    with pytest.raises(RemoteAbsent):
        fetch_listed(_work(LocalShell(tmp_path)), PurePosixPath("/results"), "none", lambda _: {}, tmp_path, {})


@pytest.mark.parametrize("shell", SHELLS)
def test_folder_is_sent_whole_and_replaces_what_was_there(shell: Sequence[str], tmp_path: Path) -> None:
    """Received beside its place, compared, then renamed."""
    local = tmp_path / "lane"
    (local / "sub").mkdir(parents=True)
    (local / "sub" / "x").write_bytes(os.urandom(300_000))
    old = tmp_path / "results" / "input"
    old.mkdir(parents=True)
    (old / "stale").write_bytes(b"old")

    send_path(_work(LocalShell(tmp_path, shell)), local, PurePosixPath("/results/input"), "me", lambda: None)

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
            send_path(_work(LocalShell(tmp_path)), local, PurePosixPath("/results/input"), "newer", lambda: None)
            raise StepEnded(ExitCode.DETACHED, "replaced")

    with pytest.raises(StepEnded):
        send_path(_work(LocalShell(tmp_path)), local, PurePosixPath("/results/input"), "late", replaced_meanwhile)

    assert [entry.name for entry in (tmp_path / "results").iterdir()] == ["input"]
    assert (tmp_path / "results" / "input" / "x").read_bytes() == b"new"


class _Frozen(LocalShell):
    """A shell to which something happens right before its session of a number begins."""

    def __init__(self, root: Path, shell: Sequence[str], session: int, happens: Callable[[], object]) -> None:
        super().__init__(root, shell)
        self._session = session
        self._happens = happens

    def start(self, target: PodContainer, script: str, arguments: Sequence[str]) -> LocalProcess:
        """Let it happen, then start."""
        if len(self.started) + 1 == self._session:
            self._happens()
        return super().start(target, script, arguments)


def _input(path: Path, content: bytes, is_folder: bool) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if is_folder:
        path.mkdir()
    (path / "x" if is_folder else path).write_bytes(content)
    return path


@pytest.mark.parametrize("is_folder", [True, False])
@pytest.mark.parametrize("shell", SHELLS)
def test_runner_that_wakes_up_in_its_commit_leaves_what_a_newer_one_has_committed(
    shell: Sequence[str], is_folder: bool, tmp_path: Path
) -> None:
    """R3: it was in charge when it last asked; what it wanted to put into place is gone, so it can only fail."""
    old, new = (_input(tmp_path / name, name.encode(), is_folder) for name in ("old", "new"))
    place = PurePosixPath("/results/input")
    (tmp_path / "results").mkdir()

    def newer() -> None:
        send_path(_work(LocalShell(tmp_path, shell)), new, place, "newer", lambda: None)

    with pytest.raises(WorkFailed, match="cannot stat"):
        send_path(_work(_Frozen(tmp_path, shell, 2, newer)), old, place, "late", lambda: None)

    assert [entry.name for entry in (tmp_path / "results").iterdir()] == ["input"]
    arrived = tmp_path / "results" / "input"
    assert (arrived / "x" if is_folder else arrived).read_bytes() == b"new"


@pytest.mark.parametrize("shell", SHELLS)
def test_copy_that_wakes_up_in_its_commit_leaves_what_a_newer_one_has_committed(
    shell: Sequence[str], tmp_path: Path
) -> None:
    """R3: as for what is sent."""
    source, place = PurePosixPath("/results/run-1/step"), PurePosixPath("/results/run-2/step")
    _input(tmp_path / "results" / "run-1" / "step", b"1", is_folder=True)

    def newer() -> None:
        copy_within(_work(LocalShell(tmp_path, shell)), source, place, "newer", lambda: None)

    with pytest.raises(WorkFailed, match="cannot stat"):
        copy_within(_work(_Frozen(tmp_path, shell, 2, newer)), source, place, "late", lambda: None)

    assert [entry.name for entry in (tmp_path / "results" / "run-2").iterdir()] == ["step"]
    assert (tmp_path / "results" / "run-2" / "step" / "x").read_bytes() == b"1"


@pytest.mark.parametrize("moves", [1, 2, 3])
@pytest.mark.parametrize("shell", SHELLS)
def test_crash_within_a_commit_loses_nothing_and_leaves_nothing(
    shell: Sequence[str], moves: int, tmp_path: Path
) -> None:
    """The next runner, whose stream breaks at once, puts back what was there, or what was about to be."""
    fresh = _input(tmp_path / "fresh", b"new", is_folder=True)
    before = _input(tmp_path / "results" / "input", b"old", is_folder=True)
    tools = tmp_path / "bin"
    tools.mkdir()
    count = tmp_path / "count"
    count.write_text("0")
    # The container is lost after so many renames.
    (tools / "mv").write_text(
        f'#!/bin/sh\n/bin/mv "$@" || exit\nn=$(($(cat {count}) + 1)); echo $n >{count}\n'
        f"[ $n -lt {moves} ] || kill -9 $PPID\n"
    )
    (tools / "mv").chmod(0o755)

    with pytest.raises(TransportFailed):
        send_path(
            _work(LocalShell(tmp_path, shell, f"{tools}:/usr/bin:/bin")),
            fresh,
            PurePosixPath("/results/input"),
            "dead",
            lambda: None,
        )
    with _work(LocalShell(tmp_path, shell)).session(
        remote_scripts.RECEIVE, ["/results/input.partial-next", "/results/input"]
    ) as session:
        session.end_input()
        session.ending()

    assert (before / "x").read_bytes() == (b"new" if moves == 3 else b"old")
    assert sorted(entry.name for entry in before.parent.iterdir()) == ["input", "input.partial-next"]


@pytest.mark.parametrize("shell", SHELLS)
def test_commit_into_a_folder_that_appears_meanwhile_is_undone(shell: Sequence[str], tmp_path: Path) -> None:
    """To mv that is a folder to move into."""
    fresh = _input(tmp_path / "fresh", b"new", is_folder=True)
    (tmp_path / "results").mkdir()
    place = tmp_path / "results" / "input"
    tools = tmp_path / "bin"
    tools.mkdir()
    # What is moved to the place finds that somebody has made it.
    (tools / "mv").write_text(f'#!/bin/sh\n[ "$2" != {place} ] || mkdir -p {place}\nexec /bin/mv "$@"\n')
    (tools / "mv").chmod(0o755)

    with pytest.raises(WorkFailed, match="by somebody else meanwhile"):
        send_path(
            _work(LocalShell(tmp_path, shell, f"{tools}:/usr/bin:/bin")),
            fresh,
            PurePosixPath("/results/input"),
            "me",
            lambda: None,
        )

    assert list(place.iterdir()) == []


def test_single_file_is_sent(tmp_path: Path) -> None:
    """A file is no folder of one."""
    (tmp_path / "x.csv").write_bytes(b"1,2")
    (tmp_path / "results").mkdir()

    send_path(_work(LocalShell(tmp_path)), tmp_path / "x.csv", PurePosixPath("/results/in.csv"), "me", lambda: None)

    assert (tmp_path / "results" / "in.csv").read_bytes() == b"1,2"


@pytest.mark.fault(18)
def test_cut_while_sending_puts_nothing_into_place(tmp_path: Path) -> None:
    """Fault 15: what was there before stays."""
    (tmp_path / "lane").write_bytes(os.urandom(500_000))
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "in").write_bytes(b"before")

    work = _work(DeadShell(1, LocalShell(tmp_path)))
    with pytest.raises(TransportFailed):
        send_path(work, tmp_path / "lane", PurePosixPath("/results/in"), "me", lambda: None)

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
