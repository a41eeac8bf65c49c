"""Faults 14 and 17 at their root: the scripts in real shells, and connections that lie about their end."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import pytest

from nightlane_runner.container import remote_scripts, shell_session
from nightlane_runner.container import work as work_module
from nightlane_runner.container.remote_process import LocalProcess
from nightlane_runner.container.shell_session import Ending, ShellSession, TransportFailed
from nightlane_runner.container.transfer import NEEDED_PROGRAMS, fetch_path
from nightlane_runner.container.work import ContainerWork, OutOfTime
from nightlane_runner.failures import StepEnded
from tests.support.eventually import eventually
from tests.support.local_shell import SLOW_LINK, DeadShell, LocalShell
from tests.support.local_work import SHELLS, work_in


def _run(work: ContainerWork, *command: str) -> tuple[bytes, Ending, str]:
    with work.session(remote_scripts.RUN_COMMAND, command) as session:
        session.wait_until_begun()
        session.write(b"go\n")
        session.end_input()
        output = b"".join(iter(session.read, b""))
        *lines, end, nothing = output.split(b"\n")
        assert session.is_end(end)
        assert nothing == b""
        return b"\n".join(lines), session.ending(), session.errors()


@pytest.mark.parametrize("shell", SHELLS)
def test_command_reports_its_status_in_both_streams(shell: Sequence[str], tmp_path: Path) -> None:
    """Output, errors and status come apart and whole, in every shell."""
    work = work_in(LocalShell(tmp_path, shell))

    output, ending, errors = _run(work, "sh", "-c", "printf 'a\\nb'; echo oops >&2; exit 7")

    assert output == b"a\nb"
    assert ending == Ending(7, "said")
    assert errors == "oops"


@pytest.mark.parametrize("shell", SHELLS)
def test_command_arguments_arrive_as_they_are(shell: Sequence[str], tmp_path: Path) -> None:
    """No shell takes a second look at them."""
    work = work_in(LocalShell(tmp_path, shell))
    odd = ["a b", "$HOME", "`id`", "*", "", "-n", 'quo"te', "new\nline"]

    output, _, _ = _run(work, "printf", "<%s>", *odd)

    assert output.decode() == "".join(f"<{item}>" for item in odd)


def test_large_binary_output_arrives_whole(tmp_path: Path) -> None:
    """More than any pipe holds, with every byte value."""
    (tmp_path / "data").write_bytes(os.urandom(3_000_000))

    output, ending, _ = _run(work_in(LocalShell(tmp_path)), "cat", str(tmp_path / "data"))

    assert output == (tmp_path / "data").read_bytes()
    assert ending.status == 0


@pytest.mark.fault(14)
def test_command_whose_output_was_cut_is_no_success(tmp_path: Path) -> None:
    """Fault 14: its last words are missing in one of its streams."""
    shell = LocalShell(tmp_path)
    shell.cuts = [100]
    with work_in(shell).session(remote_scripts.RUN_COMMAND, ["sh", "-c", "seq 1000"]) as session:
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
        fetch_path(work_in(shell), PurePosixPath("/results/var.json"), tmp_path)


@pytest.mark.fault(14)
@pytest.mark.parametrize("shell", SHELLS)
def test_nothing_is_lost_of_what_is_on_its_way_when_all_is_written(shell: Sequence[str], tmp_path: Path) -> None:
    """Fault 14: servers on the way throw away what a script has left with them when it ends, so it waits."""
    link = LocalShell(tmp_path, shell)
    link.way = SLOW_LINK
    (tmp_path / "results").mkdir()
    content = os.urandom(600_000)
    (tmp_path / "results" / "var.json").write_bytes(content)

    unpacked = fetch_path(work_in(link), PurePosixPath("/results/var.json"), tmp_path)

    assert (tmp_path / "var.json").read_bytes() == content
    assert list(unpacked) == [PurePosixPath("var.json")]
    with work_in(link).session(remote_scripts.RUN_COMMAND, ["cat", str(tmp_path / "var.json")]) as session:
        session.write(b"go\n")
        output = b""
        while not session.is_end(output.rpartition(b"\n")[0].rpartition(b"\n")[2]):
            chunk = session.read()
            assert chunk, "the output ended before its last line"
            output += chunk
        assert output.startswith(content)
        assert session.ending() == Ending(0, "said")


def test_what_is_missing_after_the_last_line_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script that announces more than comes is let go, and nothing of it counts."""
    monkeypatch.setattr(shell_session, "_REST_SECONDS", 0.2)
    lying = f"""{remote_scripts.UNTIL_ARRIVED}
echo data
echo "nightlane-end $1 0 {"0" * 64}" >&2
until_arrived
"""
    with work_in(LocalShell(tmp_path)).session(lying, []) as session:
        assert b"".join(iter(session.read, b"")) == b"data\n"
        assert session.ending().measure != session.received.hexdigest()


def test_command_that_was_never_told_to_go_does_not_start(tmp_path: Path) -> None:
    """A connection that is cut before is known not to have started anything."""
    with work_in(LocalShell(tmp_path)).session(remote_scripts.RUN_COMMAND, ["touch", str(tmp_path / "ran")]) as session:
        session.wait_until_begun()
        session.end_input()
        with pytest.raises(TransportFailed):
            session.ending()

    assert not (tmp_path / "ran").exists()


def test_unreachable_container_says_why(tmp_path: Path) -> None:
    """The transport's own words are the message."""
    work = work_in(DeadShell(1, LocalShell(tmp_path)))
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
        work_in(shell).require_programs(*NEEDED_PROGRAMS)

    assert end.value.code == 50
    assert "container main of pod pricing-0 lacks tar, sha256sum" in end.value.sentence


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("yes", "answers a short question with more than 65536 bytes"),
        ("printf '\\377\\376welcome'", "names '\ufffd\ufffdwelcome' when it is asked which programs it lacks"),
        ("echo tar; echo Last login: Monday", "names 'Last login: Monday' when it is asked"),
    ],
)
def test_answer_that_is_none_is_refused(tmp_path: Path, words: str, refusal: str) -> None:
    """R38: whatever answers in a container's place may write without end, or what no text is."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "sh").write_text(f'#!/bin/sh\n{words}\nexec /bin/sh "$@"\n')
    (programs / "sh").chmod(0o755)

    with pytest.raises(StepEnded) as end:
        work_in(LocalShell(tmp_path, (str(programs / "sh"),))).require_programs("tar")

    assert end.value.code == 50
    assert refusal in end.value.sentence
    assert "have what answers there checked" in end.value.sentence


def test_last_words_with_a_number_that_is_none_are_no_last_words(tmp_path: Path) -> None:
    """R38: a status of thousands of digits."""
    script = "printf 'nightlane-end %s %05000d said\\n' \"$1\" 1 >&2"
    with work_in(LocalShell(tmp_path)).session(script, []) as session:
        session.end_input()
        with pytest.raises(TransportFailed):
            session.ending()


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
        work_in(DeadShell(2, LocalShell(tmp_path), message)).require_programs("tar")
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
    """R12: its runtime restarts, or its memory is short; it is asked again, by code that tolerates such failures."""
    monkeypatch.setattr(work_module, "ASK_AGAIN_SECONDS", 0.1)
    work = work_in(DeadShell(times, LocalShell(tmp_path), message))
    if times == 1:
        work.require_programs("tar")
        return
    with pytest.raises(TransportFailed, match="no such file or directory"):
        work.require_programs("tar")


@pytest.mark.parametrize("before", [0, 16_000 - 20, 64 * 1024 - 20, 128 * 1024 - 20])
def test_no_part_of_a_credential_is_shown_of_a_line_without_end(before: int) -> None:
    """A gateway's page that quotes the request is read in pieces; a piece may end within the token."""
    token = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ"
    page = f"head -c {before} /dev/zero | tr '\\0' x; echo {token}; echo after it"
    quoting = LocalProcess(
        ["/bin/sh", "-c", f"{{ {page}; }} >&2"], None, lambda line: line.replace(token.encode(), b"(token)")
    )
    said: list[str] = []
    with ShellSession(quoting, "nonce", lambda: None, said.append) as session:
        with pytest.raises(TransportFailed):
            session.ending()
        shown = session.errors()
    assert not any(token[:8] in each or token[-8:] in each for each in (*said, shown))
    assert [said[-1], len(said)] == ["after it", 2]


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_defect_while_errors_are_read_ends_the_session(tmp_path: Path) -> None:
    """R34: nobody would hear the end of what runs on; its transport is cut, and that is said."""

    def broken(_: str) -> None:
        raise ValueError("with what a credential may be in")

    command = ["sh", "-c", "echo careful >&2; exec sleep 60"]
    began = time.monotonic()
    with work_in(LocalShell(tmp_path)).session(remote_scripts.RUN_COMMAND, command, broken) as session:
        session.wait_until_begun()
        session.write(b"go\n")
        with pytest.raises(TransportFailed, match="ValueError in the runner"):
            session.ending()
    assert time.monotonic() - began < 15


@pytest.mark.fault(16)
def test_time_limit_ends_a_session(tmp_path: Path) -> None:
    """Fault 16: a wall-clock limit on whatever hangs, and no process stays behind."""
    work = work_in(LocalShell(tmp_path), seconds=5.0)
    with work.session(remote_scripts.RUN_COMMAND, ["sleep", "60"]) as session:
        session.wait_until_begun()
        session.write(b"go\n")
        with pytest.raises(OutOfTime):
            session.read()


def test_command_is_ended_with_what_it_started(tmp_path: Path) -> None:
    """The operator's stop reaches the container."""
    work = work_in(LocalShell(tmp_path))
    with work.session(remote_scripts.RUN_COMMAND, ["sh", "-c", "echo started; sleep 60; echo over"]) as session:
        session.wait_until_begun()
        session.write(b"go\n")
        assert session.read() == b"started\n"
        assert _end(work, session.remote_pid, session.nonce) == Ending(0, "ended")
        assert session.read() == b""


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "command",
    [
        ["timeout", "60", "sh", "-c", "echo $$; trap '' TERM; for each in $(seq 100); do sleep 0.2; done"],
        ["bash", "-c", "set -m; sh -c 'echo $$; trap \"\" TERM; for each in $(seq 100); do sleep 0.2; done' & wait"],
    ],
)
def test_command_that_runs_on_in_a_process_group_of_its_own_is_not_called_ended(
    shell: Sequence[str], command: Sequence[str], tmp_path: Path
) -> None:
    """R21: timeout makes one, and so does a shell with job control."""
    work = work_in(LocalShell(tmp_path, shell))
    with work.session(remote_scripts.RUN_COMMAND, command) as session:
        session.wait_until_begun()
        session.write(b"go\n")
        process = int(session.read())
        try:
            assert os.getpgid(process) != session.remote_pid
            assert _end(work, session.remote_pid, session.nonce) == Ending(0, "running")
        finally:
            os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "command", [["timeout", "60", "sh", "-c", "echo $$; sleep 60"], ["bash", "-c", "set -m; sleep 60 & echo $!; wait"]]
)
def test_command_is_ended_in_a_process_group_of_its_own(
    shell: Sequence[str], command: Sequence[str], tmp_path: Path
) -> None:
    """R21: and a process of somebody else is not."""
    work = work_in(LocalShell(tmp_path, shell))
    with (
        LocalProcess(["sleep", "60"]) as other,
        work.session(remote_scripts.RUN_COMMAND, command) as session,
    ):
        session.wait_until_begun()
        session.write(b"go\n")
        process = int(session.read())
        assert os.getpgid(process) != session.remote_pid
        try:
            assert _end(work, session.remote_pid, session.nonce) == Ending(0, "ended")
            eventually(lambda: not Path(f"/proc/{process}").exists(), "its end")
            assert other.poll() is None
        finally:
            other.kill()


def test_command_whose_processes_cannot_be_told_from_others_is_left_alone(tmp_path: Path) -> None:
    """R21: its shell leads neither a session nor a process group, and those of others are not for it to end."""
    beside = ["/bin/sh", "-c", 'sleep 60 & echo "$!" >"$1"; shift; "$@"; exit', "beside", str(tmp_path / "other")]
    work = work_in(LocalShell(tmp_path, [*beside, "sh"]))
    with work.session(remote_scripts.RUN_COMMAND, ["sh", "-c", "echo $$; exec sleep 60"]) as session:
        session.wait_until_begun()
        session.write(b"go\n")
        process = int(session.read())
        assert os.getpgid(process) != session.remote_pid
        ending = _end(work_in(LocalShell(tmp_path)), session.remote_pid, session.nonce)
        assert ending == Ending(69, "unknown")
        for each in (process, int((tmp_path / "other").read_text())):
            os.kill(each, 0)


@pytest.mark.parametrize("shell", SHELLS)
def test_command_that_is_dead_and_that_nobody_has_asked_after_has_ended(shell: Sequence[str], tmp_path: Path) -> None:
    """R21: the first process of an application's container rarely waits for others: what has ended stays listed."""
    careless = [sys.executable, "-c", _CARELESS_PARENT]
    work = work_in(LocalShell(tmp_path, [*careless, *shell]))
    with work.session(remote_scripts.RUN_COMMAND, ["sh", "-c", "echo started; sleep 60"]) as session:
        session.wait_until_begun()
        session.write(b"go\n")
        assert session.read() == b"started\n"
        assert _end(work_in(LocalShell(tmp_path, shell)), session.remote_pid, session.nonce) == Ending(0, "ended")


_CARELESS_PARENT = """
import ctypes, subprocess, sys, time
ctypes.CDLL(None).prctl(36, 1)  # orphans below it are its children, as they are those of a container's first process
subprocess.Popen(sys.argv[1:], start_new_session=True)
time.sleep(20)
"""


def test_command_that_runs_on_is_not_called_ended(tmp_path: Path) -> None:
    """R21: a signal is not an end."""
    work = work_in(LocalShell(tmp_path))
    deaf = "trap '' TERM; echo $$; for each in $(seq 100); do sleep 0.2; done"
    with work.session(remote_scripts.RUN_COMMAND, ["sh", "-c", deaf]) as session:
        session.wait_until_begun()
        session.write(b"go\n")
        process = int(session.read())
        try:
            assert _end(work, session.remote_pid, session.nonce) == Ending(0, "running")
        finally:
            os.kill(process, signal.SIGKILL)


def test_command_is_not_called_ended_where_nobody_can_look(tmp_path: Path) -> None:
    """A container without grep."""
    (tmp_path / "bin").mkdir()
    work = work_in(LocalShell(tmp_path, ("/bin/sh",), path=str(tmp_path / "bin")))
    with work.session(remote_scripts.END_COMMAND, [str(os.getpid()), "f00d", "1"]) as ender:
        ender.end_input()
        assert ender.ending().status != 0
        assert "lacks tr or grep" in ender.errors()


def test_command_is_not_said_to_run_where_nobody_can_wait(tmp_path: Path) -> None:
    """R21: a container without sleep. The command is told to end, and takes a moment for it."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("tr", "grep"):
        (programs / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    work = work_in(LocalShell(tmp_path, ("/bin/sh",), path=str(programs)))
    marker = tmp_path / "tidied"
    slow = f"trap '/bin/sleep 5; : >{marker}; exit' TERM; echo; for each in $(/bin/seq 100); do /bin/sleep 0.2; done"
    with work.session(remote_scripts.RUN_COMMAND, ["/bin/sh", "-c", slow]) as session:
        session.wait_until_begun()
        session.write(b"go\n")
        session.read()
        with work.session(remote_scripts.END_COMMAND, [str(session.remote_pid), session.nonce, "2"]) as ender:
            ender.end_input()
            assert ender.ending() == Ending(69, "unknown")
            assert "sleep" in ender.errors()
        eventually(marker.exists, "its end")


def _end(work: ContainerWork, process: int, nonce: str) -> Ending:
    with work.session(remote_scripts.END_COMMAND, [str(process), nonce, "2"]) as ender:
        ender.end_input()
        return ender.ending()


def test_process_of_somebody_else_is_not_ended(tmp_path: Path) -> None:
    """A process number may have been used again."""
    assert _end(work_in(LocalShell(tmp_path)), os.getpid(), "f00d") == Ending(0, "absent")
