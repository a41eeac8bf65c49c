"""Faults 14 and 29 for commands: run once, believed only to the end."""

import errno
import os
import re
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nightlane_runner.container import remote_scripts, shell_session
from nightlane_runner.container.pod_shell import PodContainer, PodShell, shell_command
from nightlane_runner.container.remote_process import LocalProcess, RemoteProcess
from nightlane_runner.document.step import Step
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.json_tree import JsonObject
from nightlane_runner.lane import folder as folder_module
from nightlane_runner.lane.attempt_record import AttemptRecord
from nightlane_runner.lane.begun_attempts import mark_begun, require_newest
from nightlane_runner.lane.places import Places
from nightlane_runner.steps import early_end
from nightlane_runner.steps import exec_step as exec_step_module
from nightlane_runner.steps.exec_step import ExecStep
from tests.conftest import StartRunner
from tests.support.administrator import Administrator
from tests.support.eventually import eventually
from tests.support.in_process import Background, Surroundings
from tests.support.kubelet import Kubelet
from tests.support.local_shell import DeadShell, LocalShell
from tests.support.steps import document, exec_step

pytestmark = pytest.mark.api_server


class _Application:
    """A Ready pod of the customer's application."""

    def __init__(self, admin: Administrator, kubelet: Kubelet, mounts: Path, root: Path) -> None:
        kubelet.start_ready_pod("pricing-0", {"app.kubernetes.io/name": "pricing"})
        self.namespace = admin.namespace
        self.mounts = mounts
        self.root = root
        self.shell: PodShell = LocalShell(root)
        self.surroundings: Surroundings | None = None

    def said(self) -> str:
        """Return the log of the last step."""
        assert self.surroundings is not None
        return self.surroundings.said()

    def step(self, *command: str, **changes: Any) -> ExecStep:
        """Return a step that runs the command."""
        step, given = StepInput(document(exec_step(self.namespace, list(command), **changes))).exec()
        self.surroundings = Surroundings(self.mounts, step)
        return ExecStep(self.surroundings.context, given, self.shell)

    def ended(self, *command: str, **changes: Any) -> StepEnded:
        """Run a command that does not succeed and return how the step ended."""
        with pytest.raises(StepEnded) as end:
            self.step(*command, **changes).run()
        return end.value


class _Counting:
    """A container whose connection keeps a copy of all input."""

    def __init__(self, root: Path, copy: Path) -> None:
        self.started: list[PodContainer] = []
        self._root = root
        self._copy = copy

    def start(self, target: PodContainer, script: str, arguments: Sequence[str]) -> LocalProcess:
        """Start the script behind a pipe that is copied."""
        self.started.append(target)
        copying = 'cd "$2" && copy=$1; shift 2; tee -a "$copy" | "$@"'
        command = ["/bin/sh", "-c", copying, "copy", str(self._copy), str(self._root)]
        return LocalProcess([*command, *shell_command(script, arguments)])


@pytest.fixture
def application(admin: Administrator, kubelet: Kubelet, mounts: Path, tmp_path: Path) -> _Application:
    """An application whose container is this machine."""
    return _Application(admin, kubelet, mounts, tmp_path)


def test_output_is_relayed_and_status_0_is_success(application: _Application) -> None:
    """Both streams, line by line."""
    application.step("sh", "-c", "echo priced; echo careful >&2").run()

    assert "stdout | priced\n" in application.said()
    assert "stderr | careful\n" in application.said()


def test_non_zero_status_is_application(application: _Application) -> None:
    """Fault 29: the command's own failure."""
    end = application.ended("sh", "-c", "exit 3")
    assert end.code is ExitCode.APPLICATION
    assert "ended with status 3 in container files of pod pricing-0" in end.sentence


def test_connection_that_breaks_before_the_start_is_tried_again(application: _Application) -> None:
    """The command has not run, so running it is safe."""
    application.shell = DeadShell(1, LocalShell(application.root))
    application.step("true").run()
    assert "the command has not started" in application.said()


def test_connection_that_breaks_after_the_start_is_lost_and_not_run_again(application: _Application) -> None:
    """Fault 14: the outcome is unknown; a second run of the same attempt refuses, too."""
    marker = application.root / "runs"
    running = Background(application.step("sh", "-c", f"echo run >>{marker}; kill -KILL 0; sleep 5").run)
    end = running.ended()

    assert end is not None
    assert end.code is ExitCode.LOST
    again = application.ended("sh", "-c", f"echo run >>{marker}")
    assert again.code is ExitCode.LOST
    assert "An earlier runner of this attempt started the command in pod pricing-0" in again.sentence
    assert marker.read_text() == "run\n"


class _AtTheCommand:
    """A container in which something happens when the session that is to run the command is opened, once."""

    def __init__(self, then: PodShell, before: Callable[[], object], prefix: Sequence[str] = ()) -> None:
        self._then = then
        self._before = before
        self._prefix = prefix
        self._met = False

    def start(self, target: PodContainer, script: str, arguments: Sequence[str]) -> RemoteProcess:
        """Start the script; the first that runs a command with the prefix before it."""
        if self._met or script != remote_scripts.RUN_COMMAND:
            return self._then.start(target, script, arguments)
        self._met = True
        self._before()
        if not self._prefix:
            return self._then.start(target, script, arguments)
        return LocalProcess([*self._prefix, *shell_command(script, arguments)])


def test_runner_that_is_told_to_end_while_it_connects_has_started_nothing(application: _Application) -> None:
    """R5: the signal comes between the two ends of a handshake; the command is run by the next runner, once."""
    marker = application.root / "runs"
    command = ("sh", "-c", f"echo run >>{marker}")

    def evict() -> None:
        assert application.surroundings is not None
        application.surroundings.evict()

    application.shell = _AtTheCommand(application.shell, evict)

    end = application.ended(*command)

    assert end.code is ExitCode.DETACHED
    assert "before its command started" in end.sentence
    assert not marker.exists()
    application.step(*command).run()
    assert marker.read_text() == "run\n"


def test_word_to_start_that_was_not_sent_is_sent_again(application: _Application) -> None:
    """R5: the container has answered and is gone; nothing is remembered of a command that was never started."""
    marker = application.root / "runs"
    deaf = ["/bin/sh", "-c", 'exec "$@" </dev/null', "deaf"]
    application.shell = _AtTheCommand(application.shell, lambda: None, deaf)

    application.step("sh", "-c", f"echo run >>{marker}").run()

    assert "the command has not started" in application.said()
    assert marker.read_text() == "run\n"


def test_record_that_was_half_written_is_none(application: _Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """R10: its name is there, and whether that is on the disk nobody says; the command has not run."""
    marker = application.root / "runs"
    command = ("sh", "-c", f"echo run >>{marker}")
    with monkeypatch.context() as patch:
        patch.setattr(folder_module, "sync_folder", _stale)
        assert application.ended(*command).code is ExitCode.INFRASTRUCTURE
    assert not marker.exists()

    application.step(*command).run()

    assert marker.read_text() == "run\n"


def _stale(_: Path) -> None:
    raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))


def test_command_of_an_earlier_attempt_is_not_started_beside_a_later_one(application: _Application) -> None:
    """R3: its runner stood still when the next attempt began, and wakes up with its connection open."""
    marker = application.root / "runs"
    step = application.step("sh", "-c", f"echo run >>{marker}")
    surroundings = application.surroundings
    assert surroundings is not None
    mark_begun(surroundings.places, replace(surroundings.context.step, attempt=2), surroundings.log)

    with pytest.raises(StepEnded) as end:
        step.run()

    assert end.value.code is ExitCode.DETACHED
    assert "Attempt 2 of step snapshot has begun" in end.value.sentence
    assert not marker.exists()


def test_command_is_not_started_if_a_later_attempt_has_begun_while_its_record_was_written(
    application: _Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3: a volume that hangs takes as long as a person who retries; what has not run is not remembered as started."""
    marker = application.root / "runs"
    step = application.step("sh", "-c", f"echo run >>{marker}")
    surroundings = application.surroundings
    assert surroundings is not None
    later = replace(surroundings.context.step, attempt=2)
    create = AttemptRecord.create

    def slowly(record: AttemptRecord, tree: JsonObject) -> bool:
        made = create(record, tree)
        mark_begun(surroundings.places, later, surroundings.log)
        return made

    monkeypatch.setattr(AttemptRecord, "create", slowly)
    with pytest.raises(StepEnded) as end:
        step.run()

    assert end.value.code is ExitCode.DETACHED
    assert "Attempt 2 of step snapshot has begun" in end.value.sentence
    assert not marker.exists()
    assert not list(application.mounts.rglob("attempt-1.json*"))


def test_record_goes_if_nobody_can_tell_which_attempt_is_the_newest(
    application: _Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3: the volume fails between the record and the start; the next runner of the attempt runs the command."""
    marker = application.root / "runs"
    command = ("sh", "-c", f"echo run >>{marker}")
    asked: list[int] = []

    def failing(places: Places, step: Step) -> None:
        asked.append(step.attempt)
        if len(asked) > 1:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        require_newest(places, step)

    with monkeypatch.context() as patch:
        patch.setattr(exec_step_module, "require_newest", failing)
        with pytest.raises(OSError, match="Stale"):
            application.step(*command).run()
    assert not marker.exists()

    application.step(*command).run()

    assert marker.read_text() == "run\n"


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("echo ok; printf '100%%' >&2", 0),
        ("printf '50%%\\r100%%' >&2; exit 3", 3),
        ("head -c 200000 /dev/zero | tr '\\0' x >&2", 0),
        ("head -c 200000 /dev/zero | tr '\\0' x", 0),
        ("printf 'no line end'", 0),
        ("printf 'blank\\n\\n\\nlines\\n\\n'", 0),
        ("exit 7", 7),
    ],
)
def test_end_is_heard_whatever_the_command_has_written(application: _Application, command: str, status: int) -> None:
    """R6: a progress bar, a prompt, a line without an end: its end is apart from what it writes."""
    if status == 0:
        application.step("sh", "-c", command).run()
    else:
        assert application.ended("sh", "-c", command).code is ExitCode.APPLICATION
    assert f"the command ended with status {status}" in application.said()
    assert "nightlane-end" not in application.said()


def test_empty_lines_of_the_command_are_its_own(application: _Application) -> None:
    """R6: none is added and none is lost."""
    application.step("sh", "-c", "printf 'a\\n\\nb\\n\\n'; printf 'c\\n\\nd' >&2").run()
    lines = application.said().splitlines()
    assert [line for line in lines if line.startswith("stdout")] == [
        "stdout | a",
        "stdout | ",
        "stdout | b",
        "stdout | ",
    ]
    assert [line for line in lines if line.startswith("stderr")] == ["stderr | c", "stderr | ", "stderr | d"]


def test_command_that_leaves_a_daemon_behind_ends(application: _Application) -> None:
    """R21: what it has left behind holds its streams open, and goes on."""
    marker = application.root / "daemon"
    application.step("sh", "-c", f"(sleep 30; touch {marker}) & echo started", timeoutSeconds=60).run()

    assert "stdout | started" in application.said()
    assert not marker.exists()


def test_quiet_command_is_kept_alive(
    application: _Application, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """R20: something small travels while it is quiet, and is not taken for its input or output."""
    monkeypatch.setattr(shell_session, "KEEP_ALIVE_SECONDS", 0.1)
    counted = tmp_path / "input"
    application.shell = _Counting(application.root, counted)

    application.step("sh", "-c", "sleep 3; cat; echo done").run()

    assert [line for line in application.said().splitlines() if " | " in line] == ["stdout | done"]
    assert counted.read_bytes().count(b"\n") >= 4


def test_end_that_was_heard_is_remembered(application: _Application) -> None:
    """R8: the runner dies before the workflow knows, and the next one neither runs it again nor calls it lost."""
    marker = application.root / "runs"
    application.step("sh", "-c", f"echo run >>{marker}").run()
    application.step("sh", "-c", f"echo run >>{marker}").run()

    assert marker.read_text() == "run\n"
    assert "it is not run again" in application.said()


def test_bad_end_that_was_heard_is_remembered(application: _Application) -> None:
    """R8: with its status."""
    first, second = (application.ended("sh", "-c", "exit 3") for _ in range(2))
    assert (first.code, second.code) == (ExitCode.APPLICATION, ExitCode.APPLICATION)
    assert "ended with status 3" in second.sentence


class _Barrier:
    """A container in which no script starts before those of two runners are asked for."""

    def __init__(self, root: Path) -> None:
        self._shell = LocalShell(root)
        self._both = threading.Barrier(2)

    def start(self, target: PodContainer, script: str, arguments: Sequence[str]) -> LocalProcess:
        """Start the script once the other runner has come as far."""
        if script == remote_scripts.RUN_COMMAND:
            self._both.wait(20)
        return self._shell.start(target, script, arguments)


def test_two_runners_of_one_attempt_run_the_command_once(application: _Application) -> None:
    """Both have found no record: one starts the command, and the other one leaves it alone."""
    marker = application.root / "runs"
    application.shell = _Barrier(application.root)
    command = ("sh", "-c", f"echo run >>{marker}; while [ ! -e {application.root}/go ]; do sleep 0.1; done")
    runners = [Background(application.step(*command).run) for _ in range(2)]

    eventually(lambda: any(not runner.running for runner in runners), "the end of the one that does not run it")
    (application.root / "go").touch()
    ends = [runner.ended() for runner in runners]

    assert marker.read_text() == "run\n"
    assert [end.code for end in ends if end is not None] == [ExitCode.DETACHED]
    assert not list(application.mounts.rglob("attempt-1.json.new*"))


def test_command_over_its_time_is_ended(application: _Application) -> None:
    """The container does not keep it running."""
    end = application.ended("sh", "-c", f"sleep 30; touch {application.root}/late", timeoutSeconds=8)
    assert end.code is ExitCode.APPLICATION
    assert end.sentence.endswith("did not end within 8 s and was ended. Give it more time, or retry as a new attempt.")


def test_command_that_cannot_be_reached_to_end_it_is_looked_for_first(application: _Application) -> None:
    """R21: the order of what to do is the same where nobody knows."""
    application.shell = _Deaf(application.shell)
    running = Background(application.step("sh", "-c", "sleep 60", timeoutSeconds=8).run)

    end = running.ended()

    assert end is not None
    assert end.code is ExitCode.LOST
    assert re.search(
        r"did not end within 8 s and could not be ended: it may still run \(session \d+\)\. Look whether it has ended "
        r"there, and end it if not, since a retry would start a second one beside it; then retry as a new attempt, or "
        r"skip\.$",
        end.sentence,
    )


class _Deaf:
    """A container in which nothing can be ended."""

    def __init__(self, then: PodShell) -> None:
        self._then = then

    def start(self, target: PodContainer, script: str, arguments: Sequence[str]) -> RemoteProcess:
        """Start anything else."""
        if script == remote_scripts.END_COMMAND:
            return LocalProcess(["/bin/sh", "-c", "echo error: unable to upgrade connection >&2; exit 1"])
        return self._then.start(target, script, arguments)


def test_command_that_does_not_heed_its_end_is_not_called_ended(
    application: _Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R21: a retry would start a second one beside it, so a person is told that it runs, and where."""
    monkeypatch.setattr(early_end, "END_SECONDS", 2)
    process = application.root / "process"
    deaf = f"trap '' TERM; echo $$ >{process}; for each in $(seq 300); do sleep 0.2; done"
    try:
        end = application.ended("sh", "-c", deaf, timeoutSeconds=8)
        assert end.code is ExitCode.LOST
        assert re.search(
            r"did not end within 8 s and was told to end, but still runs \(session \d+\)\. End it there first, since a "
            r"retry would start a second one beside it; then retry as a new attempt, or skip\.$",
            end.sentence,
        )
        os.kill(int(process.read_text()), 0)
    finally:
        os.kill(int(process.read_text()), signal.SIGKILL)


def test_command_that_takes_a_moment_to_end_is_waited_for(application: _Application) -> None:
    """R21: it tidies up first, as it should."""
    marker = application.root / "tidied"
    slow = f"trap 'sleep 1; touch {marker}; exit 0' TERM; for each in $(seq 300); do sleep 0.2; done"
    end = application.ended("sh", "-c", slow, timeoutSeconds=8)
    assert "did not end within 8 s and was ended" in end.sentence
    assert marker.exists()


def test_operators_stop_ends_the_command(application: _Application) -> None:
    """An order while the command runs."""
    step = application.step("sh", "-c", "echo begun; sleep 30")
    running = Background(step.run)
    eventually(lambda: "begun" in application.said(), "the command's start")
    assert application.surroundings is not None
    annotations = application.surroundings.places.annotations
    annotations.parent.mkdir(parents=True)
    annotations.write_text('nightlane/order="stop"\n')

    end = running.ended()

    assert end is not None
    assert end.code is ExitCode.CANCELLED
    assert "was ended" in end.sentence


def test_unknown_container_is_bad_input(application: _Application) -> None:
    """With the names there are."""
    end = application.ended("true", container="sidecar")
    assert end.code is ExitCode.BAD_INPUT
    assert "use one of files" in end.sentence


@pytest.mark.usefixtures("kubectl_on_path")
def test_container_that_cannot_be_entered_is_infrastructure(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """Fault 29: the real transport fails for real, and the command has not run."""
    kubelet.start_ready_pod("pricing-0", {"app.kubernetes.io/name": "pricing"})
    runner = start_runner("exec", exec_step(admin.namespace, ["true"], timeoutSeconds=5))

    assert runner.wait(20) == 20
    assert "could not be started within 5 s; it has not run" in runner.last_line()
    assert "pricing-0" in runner.said()
