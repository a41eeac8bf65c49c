"""Taking over what a step of an earlier run left."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nightlane_runner.container import remote_scripts
from nightlane_runner.container.pod_shell import PodContainer
from nightlane_runner.container.remote_process import LocalProcess
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane import night_paths
from nightlane_runner.lane.copy_charge import CopyCharge
from nightlane_runner.steps.reuse_step import ReuseStep
from tests.support.administrator import Administrator
from tests.support.in_process import Surroundings
from tests.support.kubelet import Kubelet
from tests.support.local_shell import LocalShell
from tests.support.steps import document, reuse_step
from tests.support.synced_places import Placed, watched_places

pytestmark = pytest.mark.api_server

EARLIER, NIGHT = ("results/night/2026-03-31/run-1", "results/night/2026-03-31/run-2")


class _Sides:
    """Both volumes, with a step's results of run 1 on them."""

    def __init__(self, admin: Administrator, kubelet: Kubelet, mounts: Path, root: Path) -> None:
        kubelet.start_ready_pod("results-0", {"app.kubernetes.io/name": "nightlane-results"})
        self.namespace = admin.namespace
        self.mounts = mounts
        self.root = root
        self.shell = LocalShell(root)
        sha256 = hashlib.sha256(b"42").hexdigest()
        manifest = {"step": "var-es", "attempt": 2, "files": [{"path": "var.json", "bytes": 2, "sha256": sha256}]}
        for volume in (root, mounts):
            folder = volume / EARLIER / "var-es"
            folder.mkdir(parents=True)
            (folder / "var.json").write_text("42")
            (folder / "manifest.json").write_text(json.dumps(manifest))
        (mounts / EARLIER / "var-es.attempts").mkdir()
        (mounts / EARLIER / "var-es.attempts" / "attempt-2.log").write_text("log")

    def reuse(self, **changes: Any) -> None:
        """Run the step."""
        step, reuse = StepInput(document(reuse_step(self.namespace, 1, **changes))).reuse()
        ReuseStep(Surroundings(self.mounts, step).context, reuse, self.shell).run()


@pytest.fixture
def sides(admin: Administrator, kubelet: Kubelet, mounts: Path, tmp_path: Path) -> _Sides:
    """Two volumes that are folders."""
    return _Sides(admin, kubelet, mounts, tmp_path / "customer")


def test_results_are_taken_over_on_both_sides_without_the_logs(sides: _Sides) -> None:
    """The log of the step that reuses results is its own."""
    sides.reuse()
    sides.reuse()  # a second try after an eviction

    assert (sides.root / NIGHT / "var-es" / "var.json").read_text() == "42"
    lane = {path.name for path in (sides.mounts / NIGHT / "var-es").iterdir()}
    assert lane == {"var.json", "manifest.json"}
    assert (sides.mounts / EARLIER / "var-es" / "var.json").read_text() == "42"


def test_what_is_taken_over_is_on_the_disk_before_it_gets_into_place(
    sides: _Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R10: every byte."""
    placed = watched_places(monkeypatch)

    sides.reuse()

    assert placed == [Placed("var-es", unsynced=[])]


def test_taking_over_on_the_lane_hears_an_eviction(sides: _Sides) -> None:
    """R5: a large result takes long, and the container is killed half a minute after the signal."""
    step, reuse = StepInput(document(reuse_step(sides.namespace, 1, remote=""))).reuse()
    surroundings = Surroundings(sides.mounts, step)
    surroundings.evict()

    with pytest.raises(StepEnded) as end:
        ReuseStep(surroundings.context, reuse, sides.shell).run()

    assert end.value.code is ExitCode.DETACHED
    assert not (sides.mounts / NIGHT / "var-es").exists()
    sides.reuse()
    assert (sides.mounts / NIGHT / "var-es" / "var.json").read_text() == "42"


def test_taking_over_on_the_lane_has_a_limit(sides: _Sides) -> None:
    """R26: that of the step."""
    step, reuse = StepInput(document(reuse_step(sides.namespace, 1, remote=""))).reuse()

    with pytest.raises(StepEnded) as end:
        ReuseStep(Surroundings(sides.mounts, step).context, replace(reuse, timeout_seconds=0), sides.shell).run()

    assert end.value.code is ExitCode.INFRASTRUCTURE
    assert "did not end within 0 s" in end.value.sentence
    assert not (sides.mounts / NIGHT / "var-es").exists()


def test_logs_that_lie_among_the_results_of_an_old_night_are_not_taken_over(sides: _Sides) -> None:
    """An earlier release kept them there; a new attempt would take their record for its own."""
    shutil.rmtree(sides.mounts / EARLIER / "var-es.attempts")
    for name in ("attempt-1.log", "attempt-1.log.3", "attempt-1.json", "attempt-1.trouble.json"):
        (sides.mounts / EARLIER / "var-es" / name).write_text("{}")

    sides.reuse()

    assert {path.name for path in (sides.mounts / NIGHT / "var-es").iterdir()} == {"var.json", "manifest.json"}


def test_hashes_are_those_of_the_results(sides: _Sides) -> None:
    """The run record compares them with the earlier run's."""
    sides.reuse()
    told = json.loads((sides.mounts / "tmp" / "outputs" / "results").read_text())
    assert told["files"] == {"var.json": hashlib.sha256(b"42").hexdigest()}


def test_decayed_results_are_refused(sides: _Sides) -> None:
    """What is reused is what the earlier run left there, or nothing is."""
    (sides.mounts / EARLIER / "var-es" / "var.json").write_text("43")
    with pytest.raises(StepEnded, match=r"var\.json has SHA-256") as ended:
        sides.reuse()
    assert ended.value.code is ExitCode.LOST
    assert not (sides.mounts / NIGHT / "var-es" / "var.json").exists()


@pytest.mark.parametrize("side", ["remote", "lane"])
def test_missing_results_are_lost_where_they_are_required(sides: _Sides, side: str) -> None:
    """A step after it would miss them much later."""
    with pytest.raises(StepEnded, match="has left nothing in") as ended:
        sides.reuse(**{side: "absent"})
    assert ended.value.code is ExitCode.LOST
    sides.reuse(**{side: "absent", "required": "no"})


def test_only_one_side_may_have_something(sides: _Sides) -> None:
    """An exec step leaves files on the customer's side only."""
    sides.reuse(lane="")
    assert (sides.root / NIGHT / "var-es").exists()
    assert not (sides.mounts / NIGHT / "var-es" / "var.json").exists()


def test_the_run_itself_is_no_earlier_one(sides: _Sides) -> None:
    """It would copy a folder onto itself."""
    with pytest.raises(StepEnded, match="must be a run other than") as ended:
        sides.reuse(fromRun=2)
    assert ended.value.code is ExitCode.BAD_INPUT


def test_runner_that_another_has_replaced_takes_nothing_over(sides: _Sides) -> None:
    """R3: it may have been frozen for hours, and later steps read by now what the other has brought."""
    step, reuse = StepInput(document(reuse_step(sides.namespace, 1))).reuse()
    context = Surroundings(sides.mounts, step).context
    newer = CopyCharge(night_paths.lane_runner(context.places, step), step.attempt, "newer")

    class Replacing(LocalShell):
        def start(self, target: PodContainer, script: str, arguments: Sequence[str]) -> LocalProcess:
            """Let the other runner come while the customer's container copies."""
            if script == remote_scripts.COPY_FOLDER:
                newer.take()
            return super().start(target, script, arguments)

    with pytest.raises(StepEnded) as end:
        ReuseStep(context, reuse, Replacing(sides.root)).run()

    assert end.value.code is ExitCode.DETACHED
    assert newer.is_mine()
    assert not (sides.root / NIGHT / "var-es").exists()
    assert not (sides.mounts / NIGHT / "var-es").exists()
