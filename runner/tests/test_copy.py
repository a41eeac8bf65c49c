"""Faults 15 and 18 for copies, in both directions."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nightlane_runner.container import copy_tries
from nightlane_runner.container.pod_shell import PodContainer, PodShell
from nightlane_runner.container.ready_pod import find_container
from nightlane_runner.container.shell_session import TransportFailed
from nightlane_runner.container.websocket_shell import WebSocketShell
from nightlane_runner.container.work import ContainerWork
from nightlane_runner.document.step import ContainerChoice
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane.folder import put_into_place
from nightlane_runner.lane.places import Places
from nightlane_runner.steps import copy_step as copy_step_module
from nightlane_runner.steps.context import StepContext
from nightlane_runner.steps.copy_step import CopyStep
from nightlane_runner.trouble import Reported
from tests.support.administrator import Administrator
from tests.support.exec_server import ExecServer
from tests.support.in_process import Surroundings
from tests.support.kubelet import Kubelet
from tests.support.local_shell import DeadShell, LocalShell
from tests.support.local_work import held
from tests.support.steps import copy_step, document
from tests.support.synced_places import Placed, watched_places

pytestmark = pytest.mark.api_server

NIGHT = "/results/night/2026-03-31/run-1"


class _Sides:
    """The customer's volume and the lane's, and a step between them."""

    def __init__(self, admin: Administrator, kubelet: Kubelet, mounts: Path, root: Path) -> None:
        kubelet.start_ready_pod("results-0", {"app.kubernetes.io/name": "nightlane-results"})
        self.namespace = admin.namespace
        self.mounts = mounts
        self.container = LocalShell(root, held())
        self.shell: PodShell = self.container
        self.customer = root / NIGHT[1:]
        self.lane = mounts / NIGHT[1:]
        self.customer.mkdir(parents=True)
        self.lane.mkdir(parents=True)
        self.said = ""

    def copy(self, remote: str, lane: str, **changes: Any) -> CopyStep:
        """Return a step that copies between the two paths below the night's folder."""
        own = {key: changes.pop(key) for key in ("troubleSeconds", "attempt") if key in changes}
        given = copy_step(self.namespace, f"{NIGHT}/{remote}", f"{NIGHT}/{lane}", **changes) | own
        step, copy = StepInput(document(given)).copy()
        return CopyStep(Surroundings(self.mounts, step).context, copy, self.shell)


@pytest.fixture
def sides(admin: Administrator, kubelet: Kubelet, mounts: Path, tmp_path: Path) -> _Sides:
    """Two volumes that are folders."""
    return _Sides(admin, kubelet, mounts, tmp_path / "customer")


def test_folder_comes_out_and_replaces_what_was_there(sides: _Sides) -> None:
    """Nothing stale, nothing partial."""
    (sides.customer / "out").mkdir()
    (sides.customer / "out" / "a.csv").write_text("1")
    (sides.lane / "elsewhere").mkdir()
    (sides.lane / "elsewhere" / "stale.csv").write_text("0")

    sides.copy("out", "elsewhere").copy_out()

    assert [path.name for path in (sides.lane / "elsewhere").iterdir()] == ["a.csv"]
    assert sorted(path.name for path in sides.lane.iterdir()) == ["elsewhere", "report.attempts"]


def test_folder_comes_out_into_the_steps_own_folder_beside_its_log(sides: _Sides) -> None:
    """The default place of a copy is where its log is."""
    (sides.customer / "out").mkdir()
    (sides.customer / "out" / "a.csv").write_text("1")
    (sides.lane / "report.attempts").mkdir()
    (sides.lane / "report.attempts" / "attempt-1.log").write_text("log")

    sides.copy("out", "report").copy_out()

    assert [path.name for path in (sides.lane / "report").iterdir()] == ["a.csv"]
    assert (sides.lane / "report.attempts" / "attempt-1.log").read_text() == "log"


def test_single_file_comes_out(sides: _Sides) -> None:
    """As the named file elsewhere, into the folder where the step has its own."""
    (sides.customer / "a.csv").write_text("1")

    sides.copy("a.csv", "b.csv").copy_out()
    sides.copy("a.csv", "report").copy_out()

    assert (sides.lane / "b.csv").read_text() == "1"
    assert (sides.lane / "report" / "a.csv").read_text() == "1"


@pytest.mark.fault(15)
def test_cut_copy_is_started_over(sides: _Sides) -> None:
    """Fault 15: the lane never sees the first try."""
    (sides.customer / "big.bin").write_bytes(b"x" * 500_000)
    sides.container.cuts = [None, 10_000]

    sides.copy("big.bin", "big.bin").copy_out()

    assert (sides.lane / "big.bin").stat().st_size == 500_000


@pytest.mark.fault(18)
def test_copy_that_never_succeeds_is_infrastructure_and_leaves_nothing(sides: _Sides) -> None:
    """Fault 18: what was there before is still whole."""
    (sides.customer / "big.bin").write_bytes(b"x" * 500_000)
    (sides.lane / "big.bin").write_text("before")
    sides.container.cuts = [None, 10_000] * 50

    with pytest.raises(StepEnded) as end:
        sides.copy("big.bin", "big.bin", timeoutSeconds=5).copy_out()

    assert end.value.code is ExitCode.INFRASTRUCTURE
    assert (sides.lane / "big.bin").read_text() == "before"


def test_copy_is_on_the_disk_before_it_gets_into_place(sides: _Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    """R10: every byte."""
    (sides.customer / "report" / "detail").mkdir(parents=True)
    (sides.customer / "report" / "detail" / "es.csv").write_text("1,2")
    placed = watched_places(monkeypatch)

    sides.copy("report", "report").copy_out()

    assert placed == [Placed("report", unsynced=[])]


@pytest.mark.parametrize(
    "fault", ["a link to itself", "a link to nothing", "a file of another user", "a file that grows"]
)
def test_copy_that_cannot_work_is_for_a_person_within_a_minute(
    sides: _Sides, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """R12: the container's own tar says why, and no repetition cures it."""
    monkeypatch.setattr("nightlane_runner.container.copy_tries.REFUSED_PAUSE_SECONDS", 0.1)
    file = sides.customer / "out" / "file"
    file.parent.mkdir()
    if fault == "a file of another user":
        file.touch(0)
    elif fault == "a file that grows":
        file.write_bytes(b"x" * 5_000_000)
    else:
        file.symlink_to("file" if fault == "a link to itself" else "nothing")

    with _growing(file, grows=fault == "a file that grows"), pytest.raises(StepEnded) as end:
        sides.copy("out", "out", timeoutSeconds=43200).copy_out()

    assert end.value.code is ExitCode.BAD_INPUT
    assert "was refused 3 times in a row" in end.value.sentence
    assert "tar:" in end.value.sentence
    assert not (sides.lane / "out").exists()


def test_copy_that_a_policy_refuses_is_for_a_person_within_a_minute(
    sides: _Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R12, R27: in the policy's own words."""
    monkeypatch.setattr("nightlane_runner.container.copy_tries.REFUSED_PAUSE_SECONDS", 0.1)
    message = 'error: admission webhook "policy.example" denied the request: no exec here (403 Forbidden)'
    sides.shell = DeadShell(1000, sides.container, message)

    with pytest.raises(StepEnded) as end:
        sides.copy("out", "out", timeoutSeconds=43200).copy_out()

    assert end.value.code is ExitCode.BAD_INPUT
    assert message in end.value.sentence


@contextlib.contextmanager
def _growing(file: Path, grows: bool) -> Iterator[None]:
    """Let something write to the file all the time."""
    over = threading.Event()

    def grow() -> None:
        with file.open("ab") as stream:
            while not over.wait(0.001):
                stream.write(b"x")
                stream.flush()

    writer = threading.Thread(target=grow)
    if grows:
        writer.start()
    yield
    over.set()
    if grows:
        writer.join()


@pytest.mark.parametrize("size", [10, 5_000_000])
@pytest.mark.parametrize("place", ["below a file", "in a folder of another user", "over a folder of another user"])
def test_copy_to_a_place_that_cannot_be_written_is_for_a_person_within_a_minute(
    sides: _Sides, monkeypatch: pytest.MonkeyPatch, size: int, place: str
) -> None:
    """R12: however much is to be sent, the container's own word is heard."""
    monkeypatch.setattr("nightlane_runner.container.copy_tries.REFUSED_PAUSE_SECONDS", 0.1)
    (sides.lane / "input").write_bytes(os.urandom(size))
    there = sides.customer / "there"
    if place == "below a file":
        there.touch()
    else:
        there.mkdir()
    if place == "over a folder of another user":
        (there / "in.partial-other").mkdir()
        (there / "in.partial-other" / "x").touch()
        (there / "in.partial-other").chmod(0o555)
    elif place == "in a folder of another user":
        there.chmod(0o555)

    with pytest.raises(StepEnded) as end:
        sides.copy("there/in", "input", timeoutSeconds=43200).copy_in()

    assert end.value.code is ExitCode.BAD_INPUT
    assert "was refused 3 times in a row" in end.value.sentence
    assert ("mkdir:" in end.value.sentence) or ("rm:" in end.value.sentence)


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_refusal_of_a_large_copy_is_heard_over_a_websocket(
    sides: _Sides, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """R12: what still is on the way when the container refuses fills every pipe between, and cuts nothing."""
    monkeypatch.setattr("nightlane_runner.container.copy_tries.REFUSED_PAUSE_SECONDS", 0.1)
    (sides.lane / "input").write_bytes(os.urandom(20_000_000))
    (tmp_path / "there").touch()
    ways = Places(tmp_path / "ways")
    ways.scratch.mkdir(parents=True)
    server = ExecServer(tmp_path)
    server.write_kubeconfig(ways.kubeconfig)
    sides.shell = WebSocketShell(ways, sides.namespace, DeadShell(1000, sides.container))

    with contextlib.closing(server), pytest.raises(StepEnded) as end:
        sides.copy("in", "input", remotePath=f"{tmp_path}/there/in", timeoutSeconds=43200).copy_in()

    assert end.value.code is ExitCode.BAD_INPUT
    assert "was refused 3 times in a row" in end.value.sentence
    assert "mkdir:" in end.value.sentence
    assert "Not a directory" in end.value.sentence
    receiving = [request for request in server.requests if "partial" in request]
    assert len(receiving) == 3


def test_copy_that_breaks_again_and_again_is_reported(sides: _Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    """And goes on in the next try, once the connection holds."""
    monkeypatch.setattr("nightlane_runner.container.copy_tries.FIRST_PAUSE_SECONDS", 0.5)
    (sides.customer / "big.bin").write_bytes(b"x" * 500_000)
    sides.container.cuts = [None, 10_000] * 50
    changes = {"troubleSeconds": 2}

    with pytest.raises(Reported, match="TROUBLE connection since") as trouble:
        sides.copy("big.bin", "big.bin", **changes).copy_out()
    trouble.value.told()
    sides.container.cuts = []
    with pytest.raises(Reported, match="OVER connection") as over:
        sides.copy("big.bin", "big.bin", **changes).copy_out()
    over.value.told()
    sides.copy("big.bin", "big.bin", **changes).copy_out()

    assert (sides.lane / "big.bin").stat().st_size == 500_000


def test_copy_of_an_earlier_attempt_leaves_what_a_later_one_has_brought(
    sides: _Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It wakes up after the check that it is in charge, and before the action."""
    (sides.customer / "a.csv").write_text("old")
    late, newer = sides.copy("a.csv", "b.csv"), sides.copy("a.csv", "b.csv", attempt=2)
    place = put_into_place

    def newer_is_faster(*arguments: Any) -> None:
        monkeypatch.setattr(copy_step_module, "put_into_place", place)
        (sides.customer / "a.csv").write_text("new")
        newer.copy_out()
        # The newer one has removed what the late one had; on another node it is still there.
        arguments[0].parent.mkdir()
        arguments[0].write_text("old")
        place(*arguments)

    monkeypatch.setattr(copy_step_module, "put_into_place", newer_is_faster)
    with pytest.raises(StepEnded) as end:
        late.copy_out()

    assert end.value.code is ExitCode.DETACHED
    assert (sides.lane / "b.csv").read_text() == "new"


class _Breaking:
    """A copy whose tries hold for six minutes each, by a clock that it moves on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, until: int = 1000) -> None:
        self.ahead = 0.0
        self.tries = 0
        self._until = until
        monkeypatch.setattr(copy_tries, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + self.ahead))
        monkeypatch.setattr(copy_tries, "FIRST_PAUSE_SECONDS", 0.01)

    def once(self, _: ContainerWork) -> None:
        """Break, but for the last time."""
        self.ahead += 360
        self.tries += 1
        if self.tries < self._until:
            raise TransportFailed("the balancer has cut it")


def _tries(sides: _Sides, breaking: _Breaking, progress: Callable[[], int]) -> None:
    given = copy_step(sides.namespace, f"{NIGHT}/a", f"{NIGHT}/a") | {
        "outageBudgetSeconds": 600,
        "troubleSeconds": 7200,
    }
    step, copy = StepInput(document(given)).copy()
    context = Surroundings(sides.mounts, step).context
    copy_tries.copy_with_tries(context, sides.shell, copy.target, 43200, breaking.once, (), progress)


def test_copy_that_starts_over_and_over_ends_however_long_each_try_holds(
    sides: _Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten minutes of copying do not fit between two cuts of a load balancer, however often it is tried."""
    breaking = _Breaking(monkeypatch)
    with pytest.raises(StepEnded, match="has broken again and again") as end:
        _tries(sides, breaking, lambda: 0)
    assert end.value.code is ExitCode.INFRASTRUCTURE
    assert breaking.tries == 3


def test_copy_that_gets_on_from_try_to_try_has_its_time(sides: _Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each brings something that need not come again."""
    breaking = _Breaking(monkeypatch, until=20)
    _tries(sides, breaking, lambda: breaking.tries)
    assert breaking.tries == 20


def test_wait_for_a_ready_pod_is_no_break_of_the_connection(sides: _Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rollout between two tries takes its time."""
    breaking = _Breaking(monkeypatch, until=3)

    def after_a_rollout(context: StepContext, choice: ContainerChoice) -> PodContainer:
        breaking.ahead += 290
        return find_container(context, choice)

    monkeypatch.setattr(copy_tries, "find_container", after_a_rollout)
    _tries(sides, breaking, lambda: 0)
    assert breaking.tries == 3


def test_absent_source_is_lost(sides: _Sides) -> None:
    """Trying again does not make it appear: in either direction."""
    with pytest.raises(StepEnded) as end:
        sides.copy("none", "x").copy_out()
    assert end.value.code is ExitCode.LOST
    with pytest.raises(StepEnded) as end:
        sides.copy("x", "none").copy_in()
    assert end.value.code is ExitCode.LOST


def test_folder_goes_in(sides: _Sides) -> None:
    """From the lane to the customer."""
    (sides.lane / "input").mkdir()
    (sides.lane / "input" / "a.csv").write_text("1")

    sides.copy("in", "input").copy_in()

    assert (sides.customer / "in" / "a.csv").read_text() == "1"
    assert [path.name for path in sides.customer.iterdir()] == ["in"]


def test_links_on_the_lane_are_refused(sides: _Sides) -> None:
    """A link could lead out of the lane's volume."""
    (sides.lane / "input").mkdir()
    (sides.lane / "input" / "secret").symlink_to("/credentials/kubeconfig")

    with pytest.raises(StepEnded) as end:
        sides.copy("in", "input").copy_in()

    assert end.value.code is ExitCode.BAD_INPUT
    assert not (sides.customer / "in").exists()
