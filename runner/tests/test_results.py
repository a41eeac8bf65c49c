"""Faults 15, 18 and 30: a success has a verified result, or it is none."""

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from nightlane_runner.container.pod_shell import PodContainer
from nightlane_runner.container.remote_process import LocalProcess
from nightlane_runner.document.step import ResultPlace
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.json_tree import objects_at, text_at
from nightlane_runner.lane import night_paths
from nightlane_runner.lane.file_manifest import parse_manifest
from nightlane_runner.steps.results import ResultsFetch
from nightlane_runner.steps.spark_step import SparkStep
from tests.support.administrator import Administrator
from tests.support.eventually import eventually
from tests.support.in_process import Background, Surroundings
from tests.support.kubelet import Kubelet
from tests.support.local_shell import LocalShell
from tests.support.results_volume import OWN_MANIFEST, STEP_FOLDER, ResultsVolume
from tests.support.steps import document, spark_step
from tests.support.synced_places import Placed, watched_places

pytestmark = pytest.mark.api_server

OUT = ResultPlace(folder=PurePosixPath("out"), parts=None)


class _Customer:
    """The customer's results volume behind a Ready results pod."""

    def __init__(self, admin: Administrator, kubelet: Kubelet, mounts: Path, root: Path) -> None:
        kubelet.start_ready_pod("results-0", {"app.kubernetes.io/name": "nightlane-results"})
        self.volume = ResultsVolume(root)
        self.shell, self.folder, self.leave = self.volume.shell, self.volume.folder, self.volume.leave
        step, self._spark = StepInput(document(spark_step(admin.namespace))).spark()
        self.surroundings = Surroundings(mounts, step)
        self.lane = self.surroundings.places.results / STEP_FOLDER
        self.lane.mkdir(parents=True)

    def results(self, required: str | None = None, place: ResultPlace = OWN_MANIFEST) -> ResultsFetch:
        """Return what brings the results back."""
        return ResultsFetch(self.surroundings.context, self.shell, place, required, None, lambda: None, lambda: None)

    def fetch(self, required: str | None = None, place: ResultPlace = OWN_MANIFEST) -> None:
        """Bring the results back."""
        self.results(required, place).run()

    def refused(self, required: str | None = None, place: ResultPlace = OWN_MANIFEST) -> str:
        """Return why there are no results."""
        with pytest.raises(StepEnded) as end:
            self.fetch(required, place)
        assert end.value.code is ExitCode.LOST
        assert "Result missing" in end.value.sentence
        return end.value.sentence


@pytest.fixture
def customer(admin: Administrator, kubelet: Kubelet, mounts: Path, tmp_path: Path) -> _Customer:
    """A customer whose results volume is a folder."""
    return _Customer(admin, kubelet, mounts, tmp_path / "customer")


def test_results_arrive_beside_the_log(customer: _Customer) -> None:
    """R9: only what is listed comes; it may be called like a log of an attempt, and that log stays."""
    customer.leave({"var.json": b'{"var": 2.326}', "detail/es.csv": b"1,2\n", "attempt-1.log": b"theirs"})
    (customer.folder / "scratch.bin").write_bytes(b"not listed")
    log = night_paths.lane_log(customer.surroundings.places, customer.surroundings.context.step)
    log.parent.mkdir(parents=True)
    log.write_text("log")

    customer.fetch("var.json")

    arrived = {str(path.relative_to(customer.lane)) for path in customer.lane.rglob("*") if path.is_file()}
    assert arrived == {"var.json", "detail/es.csv", "manifest.json", "attempt-1.log"}
    assert log.read_text() == "log"
    assert not list(customer.lane.parent.glob("*.partial*"))


def test_results_of_a_new_attempt_replace_the_old(customer: _Customer) -> None:
    """Nothing of an earlier attempt is left among them."""
    (customer.lane / "old.json").write_text("{}")
    (customer.lane / "manifest.json").write_text("{}")
    customer.leave({"var.json": b"{}"})

    customer.fetch()

    assert {path.name for path in customer.lane.iterdir()} == {"var.json", "manifest.json"}


def test_results_that_are_all_there_before_the_end_is_known_come_once(customer: _Customer) -> None:
    """They get into place only when the step has ended well, and are not fetched again then."""
    customer.leave({"var.json": b"{}"})
    fetch = customer.results()

    fetch.try_early()
    assert not (customer.lane / "var.json").exists()
    shutil.rmtree(customer.folder)
    fetch.run()

    assert {path.name for path in customer.lane.iterdir()} == {"var.json", "manifest.json"}
    assert not list(customer.lane.parent.glob("*.partial*"))


def test_results_that_are_not_there_before_the_end_is_known_come_later(customer: _Customer) -> None:
    """A try before the manifest is written is not a failure."""
    fetch = customer.results()

    fetch.try_early()
    customer.leave({"var.json": b"{}"})
    fetch.run()

    assert (customer.lane / "var.json").read_bytes() == b"{}"


def test_lease_is_renewed_and_the_time_looked_at_while_results_come(customer: _Customer) -> None:
    """R1: hours of copying beside a Job that has not ended: its runner must be seen, and must see its end."""
    customer.leave({"var.json": b"{}"})
    context, calls = customer.surroundings.context, []

    def replaced() -> None:
        calls.append("check")
        raise StepEnded(ExitCode.DETACHED, "another runner")

    fetch = ResultsFetch(context, customer.shell, OWN_MANIFEST, None, None, lambda: None, lambda: calls.append("check"))
    fetch.try_early(0)
    assert not customer.lane.with_name(f"{customer.lane.name}.partial-{context.runner}").joinpath("var.json").exists()
    fetch.try_early(60)
    assert "check" in calls
    with pytest.raises(StepEnded, match="another runner"):
        ResultsFetch(context, customer.shell, OWN_MANIFEST, None, None, lambda: None, replaced).try_early()
    with pytest.raises(StepEnded, match="another runner"):
        ResultsFetch(context, customer.shell, OWN_MANIFEST, None, None, lambda: None, replaced).run()


@pytest.mark.parametrize("again", [False, True], ids=["a second early try found nothing", "fetched again"])
def test_results_of_an_earlier_pod_do_not_count(customer: _Customer, again: bool) -> None:
    """What came early is of the pod whose log has ended then; another one may have written since."""
    customer.leave({"var.json": b"first"})
    fetch = customer.results()
    fetch.try_early()
    if not again:
        (customer.folder / "manifest.json").unlink()
        fetch.try_early()
    customer.leave({"var.json": b"second"})

    fetch.run(again=again)

    assert (customer.lane / "var.json").read_bytes() == b"second"


@pytest.mark.fault(30)
def test_success_without_a_manifest_is_lost(admin: Administrator, kubelet: Kubelet, customer: _Customer) -> None:
    """Fault 30: the whole step, with a Job that completes and leaves nothing."""
    _, spark = StepInput(document(spark_step(admin.namespace, spark={"results": True}))).spark()
    running = Background(SparkStep(customer.surroundings.context, spark, customer.shell).run)
    customer.surroundings.wait_for_line("created Job")
    (job,) = admin.jobs()
    kubelet.succeed(kubelet.next_pod(text_at(job, "metadata", "name")))

    end = running.ended()

    assert end is not None
    assert end.code is ExitCode.LOST
    assert "there is no manifest.json" in end.sentence


def test_success_with_a_manifest_brings_the_result(admin: Administrator, kubelet: Kubelet, customer: _Customer) -> None:
    """Fault 30: the same with a result."""
    _, spark = StepInput(document(spark_step(admin.namespace, spark={"result": "var.json", "results": True}))).spark()
    customer.leave({"var.json": b"{}"})
    running = Background(SparkStep(customer.surroundings.context, spark, customer.shell).run)
    customer.surroundings.wait_for_line("created Job")
    (job,) = admin.jobs()
    kubelet.succeed(kubelet.next_pod(text_at(job, "metadata", "name")))

    assert running.ended() is None
    assert (customer.lane / "var.json").read_bytes() == b"{}"


@pytest.mark.parametrize("then", ["the Job is removed", "the Job fails of what runs beside its driver", "time is over"])
def test_completion_that_was_seen_is_remembered(
    admin: Administrator, kubelet: Kubelet, customer: _Customer, then: str
) -> None:
    """R8: the runner is evicted while results come, and meanwhile somebody, or its time to live, removes the Job."""
    step, spark = StepInput(document(spark_step(admin.namespace, spark={"results": True}))).spark()
    customer.leave({"var.json": b"{}"})
    customer.shell.cuts = [0] * 100
    first = Background(SparkStep(customer.surroundings.context, spark, customer.shell).run)
    customer.surroundings.wait_for_line("created Job")
    job = admin.only_job()
    pod = kubelet.next_pod(job)
    if then == "the Job is removed":
        kubelet.succeed(pod)
    else:
        kubelet.run(pod)
        customer.surroundings.wait_for_line(f"RUNNING: pod {pod}")
        kubelet.end_container_beside(pod, {"running": {"startedAt": "2026-03-31T20:30:00Z"}})
    customer.surroundings.wait_for_line("the copy broke")
    customer.surroundings.evict()
    end = first.ended()
    assert end is not None
    assert end.code is ExitCode.DETACHED
    if then == "the Job is removed":
        admin.delete_job(job)
        eventually(lambda: not admin.jobs(), "the Job's deletion")
    elif then == "time is over":
        spark = replace(spark, timeout_seconds=1)
        kubelet.evict(pod)
        kubelet.run(kubelet.next_pod(job, known=(pod,)))
    else:
        kubelet.fail(pod)
        eventually(lambda: RemoteJob.of(admin.job(job) or {}).failed is not None, "the Job's end")

    customer.shell.cuts = []
    second = Surroundings(customer.surroundings.places.root, step)
    SparkStep(second.context, spark, customer.shell).run()

    assert (customer.lane / "var.json").read_bytes() == b"{}"
    assert "created Job" not in second.said()


class _StallingShell(LocalShell):
    """Stalls in its first session."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.stalls, self.goes_on = threading.Event(), threading.Event()

    def start(self, target: PodContainer, script: str, arguments: Sequence[str]) -> LocalProcess:
        """Start `script`, the first time only once it may go on."""
        if not self.started:
            self.stalls.set()
            assert self.goes_on.wait(60)
        return super().start(target, script, arguments)


@pytest.mark.parametrize("replaced", [True, False])
def test_job_that_is_gone_leaves_one_runner_in_charge_of_its_results(
    admin: Administrator, kubelet: Kubelet, customer: _Customer, tmp_path: Path, replaced: bool
) -> None:
    """R3: its Lease is gone, too; a runner that was cut off steps back for its successor, and goes on without one."""
    step, spark = StepInput(document(spark_step(admin.namespace, spark={"results": True}))).spark()
    customer.leave({"var.json": b"{}"})
    shells = [_StallingShell(tmp_path / "customer") for _ in range(2)]
    first = Background(SparkStep(customer.surroundings.context, spark, shells[0]).run)
    customer.surroundings.wait_for_line("created Job")
    job = admin.only_job()
    kubelet.succeed(kubelet.next_pod(job))
    assert shells[0].stalls.wait(30)
    admin.delete_job(job)
    leases = f"/apis/coordination.k8s.io/v1/namespaces/{admin.namespace}/leases"
    eventually(lambda: not objects_at(admin.api.get(leases), "items"), "the Lease's collection")
    successor = Surroundings(customer.surroundings.places.root, step)
    second = Background(SparkStep(successor.context, spark, shells[1]).run) if replaced else None
    if second is not None:
        assert shells[1].stalls.wait(30)

    shells[0].goes_on.set()

    end = first.ended()
    if second is not None:
        assert end is not None
        assert end.code is ExitCode.DETACHED
        shells[1].goes_on.set()
        end = second.ended()
        assert len(shells[1].started) == 1
    assert end is None
    assert (customer.lane / "var.json").read_bytes() == b"{}"
    assert objects_at(admin.api.get(leases), "items") == []


def test_manifest_of_an_earlier_attempt_is_none(customer: _Customer) -> None:
    """Fault 30: what attempt 7 left is not a result of attempt 1."""
    customer.leave({"var.json": b"{}"}, attempt=7)
    assert "attempt 7, not of attempt 1" in customer.refused()


@pytest.mark.fault(30)
def test_manifest_without_the_required_file_is_none(customer: _Customer) -> None:
    """The step names the file that a person looks for."""
    customer.leave({"other.json": b"{}"})
    assert "does not list var.json" in customer.refused("var.json")


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ([], "lists no file"),
        ([{"path": "../x", "bytes": 1, "sha256": "0" * 64}], "stay inside the folder"),
        ([{"path": "/etc/x", "bytes": 1, "sha256": "0" * 64}], "stay inside the folder"),
        ([{"path": "x", "sha256": "0" * 64}], "no size"),
        ([{"path": "x", "bytes": 1, "sha256": "1234"}], "no SHA-256"),
        ([{"path": "x", "bytes": 1, "sha256": "0" * 64}] * 2, "twice"),
    ],
)
def test_manifest_that_breaks_a_rule_is_none(customer: _Customer, files: list[Any], complaint: str) -> None:
    """The customer's side is not trusted to name paths."""
    customer.leave({}, files=files)
    assert complaint in customer.refused()


@pytest.mark.fault(15)
def test_cut_transfer_is_started_over(customer: _Customer) -> None:
    """Fault 15: the first try loses the stream, the second succeeds."""
    customer.leave({"var.json": b"x" * 200_000})
    customer.shell.cuts = [5_000]

    customer.fetch()

    assert (customer.lane / "var.json").stat().st_size == 200_000
    assert "starting it over" in customer.surroundings.said()


@pytest.mark.fault(15, 18)
def test_file_that_differs_from_its_manifest_never_gets_into_place(
    customer: _Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 18, R13: altered on the volume after the manifest was written. Nobody repeats that for hours."""
    monkeypatch.setattr("nightlane_runner.container.copy_tries.REFUSED_PAUSE_SECONDS", 0.1)
    customer.leave({"var.json": b"12345"})
    (customer.folder / "var.json").write_bytes(b"12346")

    with pytest.raises(StepEnded) as end:
        customer.fetch()

    assert end.value.code is ExitCode.LOST
    assert "var.json has SHA-256" in end.value.sentence
    assert not (customer.lane / "var.json").exists()
    assert not (customer.lane / "manifest.json").exists()


def test_what_came_whole_is_not_fetched_again(customer: _Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    """R26: the next try goes on where the last one broke. What was asked for once more could not be sent."""
    customer.leave({"a.bin": b"a" * 200_000, "b.bin": b"b" * 200_000})
    customer.shell.cuts = [300_000]
    start = customer.shell.start

    def without_the_first(target: PodContainer, script: str, arguments: Sequence[str]) -> LocalProcess:
        if len(customer.shell.started) == 1:
            (customer.folder / "a.bin").unlink()
        return start(target, script, arguments)

    monkeypatch.setattr(customer.shell, "start", without_the_first)

    customer.fetch()

    assert "starting it over" in customer.surroundings.said()
    assert (customer.lane / "b.bin").stat().st_size == 200_000
    assert (customer.lane / "a.bin").read_bytes() == b"a" * 200_000


def test_results_are_on_the_disk_before_they_get_into_place(
    customer: _Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R10: every byte, or a power cut leaves a folder of empty files in place."""
    customer.leave({"var.json": b"{}", "detail/es.csv": b"1,2\n"})
    placed = watched_places(monkeypatch)

    customer.fetch()

    assert placed == [Placed(customer.lane.name, unsynced=[])]


def test_results_have_the_time_that_their_step_has(customer: _Customer) -> None:
    """R26: half an hour at least, and twelve for a step without a limit."""
    context = customer.surroundings.context

    def limit(seconds: float | None) -> float:
        fetch = ResultsFetch(context, customer.shell, OWN_MANIFEST, None, seconds, lambda: None, lambda: None)
        return fetch.limit_seconds

    assert [limit(300), limit(7200), limit(None)] == [1800, 7200, 12 * 3600]


def test_results_without_a_manifest_are_hashed_where_they_are(customer: _Customer) -> None:
    """The manifest is made in the container: of the whole folder, and of nothing beside it."""
    (customer.folder / "out" / "by desk").mkdir(parents=True)
    (customer.folder / "out" / "var.json").write_bytes(b'{"var": 2.326}')
    (customer.folder / "out" / "by desk" / "-rates.csv").write_bytes(b"1,2\n")
    (customer.folder / "scratch.bin").write_bytes(b"beside it")

    customer.fetch("var.json", OUT)

    arrived = {str(path.relative_to(customer.lane)) for path in customer.lane.rglob("*") if path.is_file()}
    assert arrived == {"var.json", "by desk/-rates.csv", "manifest.json"}
    manifest = parse_manifest((customer.lane / "manifest.json").read_bytes())
    assert (manifest.step, manifest.attempt) == ("var-es", 1)
    assert {str(file.path): (file.size, file.sha256) for file in manifest.files} == {
        "by desk/-rates.csv": (4, hashlib.sha256(b"1,2\n").hexdigest()),
        "var.json": (14, hashlib.sha256(b'{"var": 2.326}').hexdigest()),
    }
    assert not (customer.folder / "out" / "manifest.json").exists()


def test_results_without_a_manifest_never_come_early(customer: _Customer) -> None:
    """What is there before the end is known may be half of it."""
    (customer.folder / "out").mkdir(parents=True)
    (customer.folder / "out" / "var.json").write_bytes(b"half")
    fetch = customer.results(place=OUT)

    fetch.try_early()
    assert not customer.shell.started
    (customer.folder / "out" / "var.json").write_bytes(b"whole")
    fetch.run()

    assert (customer.lane / "var.json").read_bytes() == b"whole"


def test_each_pod_of_a_job_has_a_folder_of_its_own(customer: _Customer) -> None:
    """What is beside the folders of its pods is nobody's, such as of an attempt with more of them."""
    for part in range(4):
        (customer.folder / "out" / str(part)).mkdir(parents=True)
        (customer.folder / "out" / str(part) / "limits.csv").write_text(str(part))

    customer.fetch("2/limits.csv", ResultPlace(PurePosixPath("out"), parts=3))

    arrived = {str(path.relative_to(customer.lane)) for path in customer.lane.rglob("*") if path.is_file()}
    assert arrived == {"0/limits.csv", "1/limits.csv", "2/limits.csv", "manifest.json"}


def test_a_pod_of_a_job_that_left_nothing_is_named(customer: _Customer) -> None:
    """The job has succeeded, and two thirds of a result are none."""
    for part in ("0", "1", "2"):
        (customer.folder / "out" / part).mkdir(parents=True)
    for part in ("0", "2"):
        (customer.folder / "out" / part / "limits.csv").write_text(part)

    refused = customer.refused(place=ResultPlace(PurePosixPath("out"), parts=3))

    assert "no file in the folder of pod 1" in refused


def test_a_copy_without_a_manifest_that_is_cut_begins_again(customer: _Customer) -> None:
    """R9: what arrived is compared with what was hashed."""
    (customer.folder / "out").mkdir(parents=True)
    (customer.folder / "out" / "var.bin").write_bytes(b"x" * 100_000)
    customer.shell.cuts = [4000, 150, 0]

    customer.fetch(place=OUT)

    assert (customer.lane / "var.bin").read_bytes() == b"x" * 100_000


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ("nothing", "there is no such folder"),
        ("a folder that is a link", "there is no such folder"),
        ("an empty folder", "there is no file"),
        ("a link", "var.json is a link; results are files and folders"),
        ("a pipe", "var.json is a pipe"),
        ("a manifest", "write results: true if it is one"),
        ("a line end", "a name with a line end or a backslash"),
        ("a backslash", "a name with a line end or a backslash"),
    ],
)
def test_what_cannot_be_a_result_is_named(customer: _Customer, left: str, said: str) -> None:
    """A success without a result is none."""
    out = customer.folder / "out"
    if left == "a folder that is a link":
        (customer.folder / "yesterday").mkdir(parents=True)
        (customer.folder / "yesterday" / "es.json").write_text("{}")
        out.symlink_to(customer.folder / "yesterday")
    elif left != "nothing":
        out.mkdir(parents=True)
    if left not in ("nothing", "an empty folder"):
        (out / "es.json").write_text("{}")
    match left:
        case "a link":
            (out / "var.json").symlink_to("/etc/hostname")
        case "a pipe":
            os.mkfifo(out / "var.json")
        case "a manifest":
            (out / "manifest.json").write_text("{}")
        case "a line end":
            (out / "f 3 x\n\ny").write_text("{}")
        case "a backslash":
            (out / "a\\b").write_text("{}")

    assert said in customer.refused(place=OUT)


def test_figures_that_move_too_far_hold_the_step_with_its_results_in_place(
    admin: Administrator, kubelet: Kubelet, customer: _Customer
) -> None:
    """The whole step: a person and the run record get both numbers; the results are there to go on with."""
    value = {"from": "var-es/var.json", "keys": ["var"], "type": "number"}
    figures = [{"name": "VaR", "value": value, "maxJump": 20}]
    _, spark = StepInput(document(spark_step(admin.namespace, spark={"results": True, "figures": figures}))).spark()
    before = customer.lane.parent.parent.parent / "2026-03-30" / "run-1" / "var-es.attempts"
    before.mkdir(parents=True)
    (before / "figures.json").write_text('{"VaR": {"value": "100"}}')
    customer.leave({"var.json": b'{"var": 150}'})
    running = Background(SparkStep(customer.surroundings.context, spark, customer.shell).run)
    customer.surroundings.wait_for_line("created Job")
    (job,) = admin.jobs()
    kubelet.succeed(kubelet.next_pod(text_at(job, "metadata", "name")))

    end = running.ended()

    assert end is not None
    assert end.code is ExitCode.APPLICATION
    assert "VaR is 150, +50.0 % against 100 on 2026-03-30, more than 20 %" in end.sentence
    assert (customer.lane / "var.json").read_bytes() == b'{"var": 150}'
    told = json.loads((customer.surroundings.places.outputs / "results").read_text())
    assert told["figures"] == {"VaR": {"value": "150", "before": "100", "on": "2026-03-30"}}
