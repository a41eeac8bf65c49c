"""A full volume: said once, with what makes room, and not tried again by itself."""

import errno
import io
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from nightlane_runner.document.step_input import StepInput
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane.attempt_record import AttemptRecord
from nightlane_runner.lane.begun_attempts import later_attempt
from nightlane_runner.lane.night_paths import lane_attempts_folder
from nightlane_runner.main import Runner
from nightlane_runner.step_log import StepLog
from nightlane_runner.steps.copy_step import CopyStep
from tests.conftest import StartRunner
from tests.support.administrator import Administrator
from tests.support.in_process import Surroundings
from tests.support.kubelet import Kubelet
from tests.support.local_shell import LocalShell
from tests.support.small_volume import fill, small_volume
from tests.support.steps import copy_step, document, spark_step

BIG = bytes(3 * 1024 * 1024)


@pytest.mark.api_server
def test_attempt_without_a_log_is_known_to_the_one_before(
    admin: Administrator, mounts: Path, start_runner: StartRunner
) -> None:
    """R33: a volume that is nearly full keeps no log, and a runner that wakes up late must know whom it is behind."""
    step, _ = StepInput(document(spark_step(admin.namespace))).spark()
    with small_volume(mounts / "results", 4) as results:
        (results / "results.bin").write_bytes(bytes(3_900_000))
        runner = start_runner("spark", spark_step(admin.namespace, attempt=2))
        runner.wait_for_line("created Job")
        attempts = lane_attempts_folder(runner.places, step)
        assert not (attempts / "attempt-2.log").exists()
        assert later_attempt(runner.places, step) == 2
        runner.wait_for_line("PENDING")
        (attempts / "attempt-2.json").unlink()
        assert later_attempt(runner.places, step) == 2
        assert later_attempt(runner.places, replace(step, attempt=2)) is None
        runner.end()


@pytest.mark.api_server
def test_copy_to_a_full_lane_ends_at_once(admin: Administrator, kubelet: Kubelet, mounts: Path, tmp_path: Path) -> None:
    """As an error that the runner turns into its sentence; it is not an outage that passes."""
    kubelet.start_ready_pod("results-0", {"app.kubernetes.io/name": "nightlane-results"})
    report = tmp_path / "customer" / "results" / "report"
    report.mkdir(parents=True)
    (report / "report.bin").write_bytes(BIG)
    given = copy_step(admin.namespace, "/results/report", "/results/night/2026-03-31/run-1/report")
    step, copy = StepInput(document(given)).copy()
    with small_volume(mounts / "results", 2):
        shell = LocalShell(tmp_path / "customer")
        with pytest.raises(OSError, match="No space left") as error:
            CopyStep(Surroundings(mounts, step).context, copy, shell).copy_out()
        assert error.value.errno == errno.ENOSPC


@pytest.mark.api_server
def test_copy_to_a_full_volume_of_the_customer_waits_for_a_person(
    admin: Administrator, kubelet: Kubelet, mounts: Path, tmp_path: Path
) -> None:
    """What tar says there is believed."""
    kubelet.start_ready_pod("results-0", {"app.kubernetes.io/name": "nightlane-results"})
    source = mounts / "results" / "prices"
    source.mkdir(parents=True)
    (source / "prices.bin").write_bytes(BIG)
    step, copy = StepInput(document(copy_step(admin.namespace, "/results/in/prices", "/results/prices"))).copy()
    with small_volume(tmp_path / "customer" / "results" / "in", 2):
        with pytest.raises(StepEnded, match=r"is full: .*cluster\.resultsSize") as ended:
            CopyStep(Surroundings(mounts, step).context, copy, LocalShell(tmp_path / "customer")).copy_in()
        assert ended.value.code == 50


def test_record_of_an_attempt_needs_room(tmp_path: Path) -> None:
    """It is written before anything is started."""
    with small_volume(tmp_path / "results", 1) as results:
        fill(results)
        with pytest.raises(OSError, match="No space left"):
            AttemptRecord(results / "attempt-1.json").write({"uid": "x" * 10000})


def test_runner_says_what_makes_room(tmp_path: Path) -> None:
    """With a code that waits for a person, and the volume's size."""
    with small_volume(tmp_path / "results", 1) as results:
        fill(results)
        code, said = _ended_by(OSError(errno.ENOSPC, "No space left on device"), tmp_path)
    assert code == 50
    assert "The lane's results volume is full (0.0 of 0.0 GiB used, 100 %)" in said
    assert "lane.keepResults" in said
    assert "lane.resultsSize" in said


def test_volume_without_a_file_left_is_full(tmp_path: Path) -> None:
    """Many small files use up their number long before the room."""
    with small_volume(tmp_path / "results", 4, files=3) as results:
        (results / "figures").mkdir()
        (results / "prices").touch()
        with pytest.raises(OSError, match="No space left") as refused:
            (results / "figures" / "one-more").touch()
        code, said = _ended_by(refused.value, tmp_path)
    assert code == 50
    assert "The lane's results volume takes no further files, whatever room it has (0.0 of 0.0 GiB used, 0 %): " in said
    assert f"No space left on device: '{results}/figures/one-more'" in said
    assert "or have the application write fewer and larger files, then go on" in said
    assert "lane.keepResults" in said


def test_error_that_names_no_file_is_told_by_the_volume(tmp_path: Path) -> None:
    """As that of an open file."""
    with small_volume(tmp_path / "results", 4, files=1):
        code, said = _ended_by(OSError(errno.ENOSPC, "No space left on device"), tmp_path)
    assert code == 50
    assert "takes no further files" in said


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_file_on_the_volume_is_believed(number: int, tmp_path: Path) -> None:
    """What it lacked may be free again: another runner has removed something since."""
    with small_volume(tmp_path / "results", 4) as results:
        code, said = _ended_by(OSError(number, os.strerror(number), str(results / "prices")), tmp_path)
    assert code == 50
    assert f"The lane's results volume is full (0.0 of 0.0 GiB used, 0 %): [Errno {number}]" in said


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_file_elsewhere_is_none_of_the_full_volume(number: int, tmp_path: Path) -> None:
    """Whatever its state; the reason is said."""
    with small_volume(tmp_path / "results", 1) as results:
        fill(results)
        code, said = _ended_by(OSError(number, os.strerror(number), str(tmp_path / "tmp" / "scratch")), tmp_path)
    assert code == 20
    assert f"The runner itself failed (OSError: {os.strerror(number)})" in said


def test_another_full_volume_is_not_taken_for_it(tmp_path: Path) -> None:
    """The pod's scratch folder, for instance."""
    with small_volume(tmp_path / "results", 1):
        code, said = _ended_by(OSError(errno.ENOSPC, "No space left on device"), tmp_path)
    assert code == 20
    assert "lane's results volume" not in said


def _ended_by(error: OSError, mounts: Path) -> tuple[int, str]:
    """Return how a runner ends whose work raises this, and its last line."""

    class Broken(Runner):
        def _run_kind(self, _arguments: Sequence[str]) -> None:
            raise error

    (mounts / "dev").mkdir()
    written = io.StringIO()
    code = Broken({"NIGHTLANE_MOUNT_ROOT": str(mounts)}, StepLog(written)).run(["spark"])
    return code, written.getvalue().splitlines()[-1]
