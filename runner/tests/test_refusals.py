"""A momentary refusal is tolerated, a permanent one is reported, and neither is ever called lost."""

import json
import sys
from pathlib import Path

import pytest

from nightlane_runner import main, outage
from nightlane_runner.api.errors import ApiRefused
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.json_tree import text_at
from nightlane_runner.lane.places import Places
from nightlane_runner.main import Runner
from nightlane_runner.step_log import StepLog
from nightlane_runner.steps.spark_step import SparkStep
from tests.conftest import StartRunner
from tests.support.administrator import Administrator
from tests.support.gateway import Gateway, Passage, forbidden
from tests.support.in_process import Background, Surroundings
from tests.support.kubelet import Kubelet
from tests.support.results_volume import ResultsVolume
from tests.support.steps import document, spark_step

pytestmark = pytest.mark.api_server

TOKEN = "s3cret"


@pytest.fixture
def step(admin: Administrator, mounts: Path, tmp_path: Path) -> tuple[SparkStep, Surroundings, ResultsVolume]:
    """A step that leaves results, inside the test's process."""
    given, spark = StepInput(document(spark_step(admin.namespace, spark={"results": True}))).spark()
    surroundings = Surroundings(mounts, given)
    volume = ResultsVolume(tmp_path / "customer")
    return SparkStep(surroundings.context, spark, volume.shell), surroundings, volume


def test_lease_that_is_forbidden_once_at_the_end_costs_no_result(
    admin: Administrator,
    kubelet: Kubelet,
    gateway: Gateway,
    step: tuple[SparkStep, Surroundings, ResultsVolume],
) -> None:
    """R2: results that are here and verified wait for the answer, as all reading does."""
    spark, surroundings, volume = step
    kubelet.start_ready_pod("results-0", {"app.kubernetes.io/name": "nightlane-results"})
    volume.leave({"var.json": b"{}"})
    running = Background(spark.run)
    surroundings.wait_for_line("created Job")
    surroundings.wait_for_line("PENDING")
    met = gateway.on("GET", "/leases/", forbidden, times=2)

    kubelet.succeed(kubelet.next_pod(admin.only_job()))

    assert running.ended() is None
    assert met() == 2
    assert "forbids what it is asked" in surroundings.said()
    assert "1 files, 2 bytes, verified" in surroundings.said()


def test_lease_that_stays_forbidden_ends_the_try_with_the_remedy(
    admin: Administrator,
    kubelet: Kubelet,
    gateway: Gateway,
    step: tuple[SparkStep, Surroundings, ResultsVolume],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R1, R2: after its patience it is 20, the Job and its results stay for the next try."""
    monkeypatch.setattr(outage, "REFUSAL_SECONDS", 1.0)
    spark, surroundings, volume = step
    kubelet.start_ready_pod("results-0", {"app.kubernetes.io/name": "nightlane-results"})
    volume.leave({"var.json": b"{}"})
    gateway.on("GET", "/leases/", forbidden)
    running = Background(spark.run)
    surroundings.wait_for_line("may not be taken")
    kubelet.succeed(kubelet.next_pod(admin.only_job()))

    end = running.ended()

    assert end is not None
    assert end.code is ExitCode.INFRASTRUCTURE
    assert "ask the customer's administrator to apply the customer side" in end.sentence
    assert admin.only_job()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_overload_is_borne(admin: Administrator, gateway: Gateway, start_runner: StartRunner, status: int) -> None:
    """R34: a storm of refusals that pass by themselves delays the start."""

    def overloaded(passage: Passage) -> None:
        passage.refuse(status, "TooManyRequests", "slow down", Retry_After="1")

    met = gateway.on("POST", "/jobs", overloaded, times=2)
    runner = start_runner("spark", spark_step(admin.namespace))

    runner.wait_for_line("created Job")
    assert met() == 2


def test_policy_that_refuses_the_job_is_quoted_and_no_role_is_blamed(
    admin: Administrator, gateway: Gateway, start_runner: StartRunner
) -> None:
    """R27: the words of the webhook, and no advice about roles."""
    words = 'admission webhook "policy.example" denied the request: images must be signed'
    gateway.on("POST", "/jobs", lambda passage: passage.refuse(403, "Forbidden", words))
    runner = start_runner("spark", spark_step(admin.namespace, outageBudgetSeconds=2))

    assert runner.wait() == 20
    assert words in runner.last_line()
    assert "customer side" not in runner.last_line()
    assert "have what refuses it checked" in runner.last_line()


def test_refusal_that_nobody_expects_is_never_lost(
    admin: Administrator, gateway: Gateway, start_runner: StartRunner
) -> None:
    """R34: whichever it is, the next try goes on, and the answer is quoted."""
    gateway.on("GET", "/leases/", lambda passage: passage.refuse(418, "Teapot", "short and stout"))
    runner = start_runner("spark", spark_step(admin.namespace))

    assert runner.wait() == 20
    assert "short and stout" in runner.last_line()
    assert admin.only_job()


def test_defect_of_the_runner_is_another_try_and_its_text_is_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """R28, R34: a library's error may quote a credential, so only its place is reported."""

    def broken(*_: object) -> None:
        raise ValueError(f"Invalid header value {TOKEN}")

    monkeypatch.setattr(main, "read_kept", broken)
    environment = {
        "NIGHTLANE_MOUNT_ROOT": str(tmp_path),
        "NIGHTLANE_STEP": json.dumps(
            {"read": {"pipeline": "night", "businessDate": "", "run": 1, "step": "", "attempt": 1}}
        ),
    }
    (tmp_path / "dev").mkdir()

    code = Runner(environment, StepLog(sys.stdout)).run(["read"])

    said = capsys.readouterr().out + Places(tmp_path).termination_log.read_text()
    assert code is ExitCode.INFRASTRUCTURE
    assert TOKEN not in said
    assert "ValueError" in said
    assert ", in broken\n" in said
    assert "a Spark or job step with nightlane adopt" in said


def test_creation_that_is_still_under_way_is_taken_back_when_it_arrives(
    admin: Administrator, gateway: Gateway, step: tuple[SparkStep, Surroundings, ResultsVolume]
) -> None:
    """R25: an order to stop while the first request hangs in a proxy, which carries it out later."""
    spark, surroundings, _ = step
    held: list[Passage] = []

    def hold(passage: Passage) -> None:
        held.append(passage)
        raise OSError

    gateway.on("POST", "/jobs", hold)
    running = Background(spark.run)
    surroundings.wait_for_line("UNKNOWN")
    annotations = surroundings.places.annotations
    annotations.parent.mkdir(parents=True, exist_ok=True)
    annotations.write_text('nightlane/order="stop"\n')
    surroundings.wait_for_line("cancelling")
    api = admin.api
    api.create(held[0].path, json.loads(held[0].body))

    end = running.ended(40)

    assert end is not None
    assert end.code is ExitCode.CANCELLED
    assert all(text_at(job, "metadata", "deletionTimestamp") for job in admin.jobs())


def test_refusals_are_told_apart() -> None:
    """R34: only a 403 is expected to pass."""
    assert ApiRefused(403, "Forbidden", "").forbidden
    assert not any(ApiRefused(status, "", "").forbidden for status in (400, 404, 409, 410, 422))
