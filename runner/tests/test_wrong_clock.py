"""Fault 11: of several API servers one has a wrong clock, and no healthy Job is deleted by it."""

from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue

import pytest

from nightlane_runner.api import server_clock
from nightlane_runner.document import run_identity
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.job import progress
from nightlane_runner.job.deadlines import TakenBack
from nightlane_runner.job.manifest import complete_job
from nightlane_runner.job.progress import JobProgress
from tests.support.administrator import Administrator
from tests.support.gateway import Gateway
from tests.support.in_process import Surroundings
from tests.support.kubelet import Kubelet
from tests.support.steps import document, spark_step

pytestmark = pytest.mark.api_server

HOURS = 6 * 3600.0

LIMIT = 600


class _Time:
    """The time that passes everywhere, and the clocks of the runner's machine and of the servers behind the gateway."""

    def __init__(self, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
        self._gateway = gateway
        self._passed = 0.0
        self.own_clock = 0.0
        """How many seconds the machine's own clock is ahead."""
        uptime, own_time = server_clock.uptime, server_clock.own_time
        monkeypatch.setattr(server_clock, "uptime", lambda: uptime() + self._passed)
        monkeypatch.setattr(
            server_clock, "own_time", lambda: own_time() + timedelta(seconds=self._passed + self.own_clock)
        )
        self.servers_ahead(0.0)

    def passes(self, seconds: float) -> None:
        """Let time pass, in which the runner is frozen or its machine suspended."""
        self._passed += seconds

    def servers_ahead(self, seconds: float, connections: int = 1_000_000) -> None:
        """Let the servers that the first connections lead to be ahead."""
        self._gateway.ahead = lambda number: self._passed + (seconds if number < connections else 0.0)


@pytest.fixture
def clocks(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> _Time:
    """All clocks, which are right; pods are looked at each time."""
    monkeypatch.setattr(progress, "_LOOKS_SECONDS", (0.001,) * 10)
    return _Time(gateway, monkeypatch)


class _Followed:
    """A Job that has just begun, and a runner that finds it."""

    def __init__(self, admin: Administrator, mounts: Path, **limits: int) -> None:
        step, spark = StepInput(document(spark_step(admin.namespace, spark=limits))).spark()
        admin.api.create(admin.batch("jobs"), complete_job(step, spark.job))
        self._name = run_identity.job_name(step)
        self._surroundings = Surroundings(mounts, step)
        self._cluster = self._surroundings.context.cluster
        self.said = self._surroundings.said
        self._progress = JobProgress(
            self._cluster,
            spark,
            run_identity.selector(step),
            SimpleQueue(),
            lambda _: None,
            lambda _: False,
            self._surroundings.context.troubles,
            self._surroundings.log,
        )

    def look(self) -> float:
        """Read the Job and observe it; return how long to wait."""
        job = self._cluster.read_job(self._name).job
        assert job is not None
        wait = self._progress.observe(job)
        assert wait is not None
        assert wait > 0
        return wait

    def is_taken_back(self) -> ExitCode:
        """Do the same for a Job whose time is over, and return the code."""
        with pytest.raises(TakenBack) as end:
            self.look()
        return end.value.code


def test_server_whose_clock_is_ahead_is_not_asked_twice(
    admin: Administrator, kubelet: Kubelet, mounts: Path, clocks: _Time
) -> None:
    """The second reading goes over a new connection, and the runner stays with the server that it finds."""
    job = _Followed(admin, mounts, timeoutSeconds=LIMIT)
    kubelet.next_pod(admin.only_job())
    job.look()
    clocks.servers_ahead(HOURS, connections=1)

    assert job.look() <= LIMIT
    assert "clocks" not in job.said()


@pytest.mark.parametrize("limit", ["timeoutSeconds", "pendingSeconds"])
def test_servers_whose_clocks_jump_delete_no_job(
    admin: Administrator, kubelet: Kubelet, mounts: Path, clocks: _Time, limit: str
) -> None:
    """The time that this machine has measured since is too short."""
    job = _Followed(admin, mounts, **{limit: LIMIT})
    kubelet.next_pod(admin.only_job())
    job.look()
    clocks.servers_ahead(HOURS)

    job.look()
    job.look()

    assert job.said().count("The clocks disagree") == 1


@pytest.mark.parametrize("limit", ["timeoutSeconds", "pendingSeconds"])
def test_runner_that_finds_a_job_by_a_wrong_clock_waits_until_it_has_seen_its_time_pass(
    admin: Administrator, kubelet: Kubelet, mounts: Path, clocks: _Time, limit: str
) -> None:
    """Its first reading is wrong already; its own clock contradicts."""
    clocks.servers_ahead(HOURS)
    job = _Followed(admin, mounts, **{limit: LIMIT})
    kubelet.next_pod(admin.only_job())
    job.look()
    assert "The clocks disagree" in job.said()

    clocks.passes(LIMIT + 5)

    assert job.is_taken_back() is (ExitCode.APPLICATION if limit == "timeoutSeconds" else ExitCode.INFRASTRUCTURE)


def test_runner_that_finds_a_job_over_its_time_ends_it_at_once(
    admin: Administrator, kubelet: Kubelet, mounts: Path, clocks: _Time
) -> None:
    """All clocks agree, though this runner has seen it for a moment only."""
    clocks.passes(HOURS)
    job = _Followed(admin, mounts, timeoutSeconds=LIMIT)
    kubelet.next_pod(admin.only_job())

    assert job.is_taken_back() is ExitCode.APPLICATION


def test_runner_whose_own_clock_is_behind_ends_a_job_in_time(
    admin: Administrator, kubelet: Kubelet, mounts: Path, clocks: _Time
) -> None:
    """What it has seen pass needs no clock."""
    clocks.own_clock = -HOURS
    job = _Followed(admin, mounts, timeoutSeconds=LIMIT)
    kubelet.next_pod(admin.only_job())
    job.look()

    clocks.passes(LIMIT + 5)

    assert job.is_taken_back() is ExitCode.APPLICATION


def test_runner_that_was_frozen_for_hours_ends_a_job_at_once(
    admin: Administrator, kubelet: Kubelet, mounts: Path, clocks: _Time
) -> None:
    """The time goes on by its machine's clock, too."""
    job = _Followed(admin, mounts, timeoutSeconds=LIMIT)
    kubelet.next_pod(admin.only_job())
    job.look()

    clocks.passes(HOURS)

    assert job.is_taken_back() is ExitCode.APPLICATION
