"""What is seen of a Job that goes on, whatever of it cannot be read or was never seen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from nightlane_runner import outage
from nightlane_runner.document import run_identity
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.job import running_driver
from nightlane_runner.job.deadlines import TakenBack
from nightlane_runner.job.executor_look import GONE_SECONDS
from nightlane_runner.job.manifest import complete_job
from nightlane_runner.job.progress import JobProgress
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.json_tree import JsonObject, text_at
from tests.conftest import StartRunner
from tests.support.administrator import Administrator
from tests.support.eventually import eventually
from tests.support.gateway import Gateway, forbidden
from tests.support.in_process import Surroundings
from tests.support.kubelet import Kubelet
from tests.support.log_server import LogServer
from tests.support.logged_step import LoggedStep
from tests.support.running_step import RunningStep
from tests.support.steps import document, rendered_job, spark_step

pytestmark = pytest.mark.api_server

_RUNNING: JsonObject = {"running": {"startedAt": "2026-03-31T20:30:00Z"}}


class _Observed:
    """A Job on the API server, and what one runner sees of it whenever it looks."""

    def __init__(self, admin: Administrator, mounts: Path, **spark: Any) -> None:
        step, given = StepInput(document(spark_step(admin.namespace, spark=spark))).spark()
        self.surroundings = Surroundings(mounts, step)
        self._cluster = self.surroundings.context.cluster
        self.job = self._cluster.create_job(complete_job(step, given.job))
        self.progress = JobProgress(
            self._cluster,
            given,
            run_identity.selector(step),
            SimpleQueue(),
            lambda _: None,
            lambda _: False,
            self.surroundings.context.troubles,
            self.surroundings.log,
        )

    def when_ready(self, other_than: str = "") -> RemoteJob:
        """Return the Job once one of its pods is Ready, in another state than that one."""

        def look() -> RemoteJob | None:
            job = self._cluster.read_job(self.job.name).job
            return job if job is not None and job.ready_pods > 0 and job.version != other_than else None

        return eventually(look, "a Ready pod")


def test_finished_work_beside_a_container_that_runs_on_is_found_by_the_next_runner(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """R17: the driver has ended while nobody looked, its pod is not Ready and never will be."""
    step = RunningStep.start(admin, kubelet, start_runner)
    step.runner.end()
    kubelet.end_container_beside(step.pod, _RUNNING)

    again = start_runner("spark", spark_step(admin.namespace))

    assert again.wait() == 0
    assert "beside still runs and keeps the Job from ending" in again.said()
    # On its way out, or gone.
    assert all(text_at(job, "metadata", "deletionTimestamp") for job in admin.jobs())


def test_end_that_is_told_long_after_the_logs_is_seen(
    logged_step: LoggedStep, kubelet: Kubelet, driver_log: LogServer
) -> None:
    """R17: an ended log is worth some looks only; after them, the pod that is no longer Ready is."""
    running, _, pod = logged_step.start()
    driver_log.write("2026-03-31T20:30:00.100000000Z", "last words")
    driver_log.finish()
    eventually(lambda: len(driver_log.since) >= 2, "the log's second opening, after the last of those looks")

    kubelet.end_container_beside(pod, _RUNNING)

    assert running.ended() is None


def test_driver_beside_a_container_that_never_gets_ready_is_followed_to_its_end(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """R17: what was put beside it shows nothing about the driver."""
    runner = start_runner("spark", spark_step(admin.namespace))
    runner.wait_for_line("created Job")
    pod = kubelet.next_pod(admin.only_job())
    kubelet.run_beside_what_is_not_ready(pod)
    runner.wait_for_line(f"RUNNING: pod {pod}", 40)
    kubelet.end_container_beside(pod, _RUNNING)

    assert runner.wait(40) == 0


def test_deadline_is_held_where_events_may_not_be_listed(
    admin: Administrator, kubelet: Kubelet, gateway: Gateway, start_runner: StartRunner
) -> None:
    """R14: they only explain; what they would explain is known without them."""
    gateway.on("GET", "/events", forbidden)
    runner = start_runner("spark", spark_step(admin.namespace, spark={"imagePullSeconds": 4}))
    runner.wait_for_line("created Job")
    kubelet.fail_to_pull(kubelet.next_pod(admin.only_job()), "Back-off pulling image", scheduled=kubelet.now())

    assert runner.wait() == 20
    assert "the image cannot be pulled" in runner.last_line()
    assert "(events: they may not be listed: it is forbidden" in runner.last_line()


def test_trouble_is_reported_where_events_may_not_be_listed(
    admin: Administrator, kubelet: Kubelet, gateway: Gateway, start_runner: StartRunner
) -> None:
    """R14: it is reported that the image cannot be pulled."""
    gateway.on("GET", "/events", forbidden)
    runner = start_runner("spark", spark_step(admin.namespace, troubleSeconds=8))
    runner.wait_for_line("created Job")
    kubelet.fail_to_pull(kubelet.next_pod(admin.only_job()), "Back-off pulling image", scheduled=kubelet.now())

    assert runner.wait() == 21
    assert runner.last_line().startswith("TROUBLE image since ")


@pytest.mark.parametrize("ready", [False, True])
def test_pods_that_may_not_be_listed_end_the_try_with_the_remedy(
    logged_step: LoggedStep,
    admin: Administrator,
    kubelet: Kubelet,
    gateway: Gateway,
    monkeypatch: pytest.MonkeyPatch,
    ready: bool,
) -> None:
    """R12: as every other refusal does, and not only once the Job has ended."""
    monkeypatch.setattr(outage, "REFUSAL_SECONDS", 1.0)
    gateway.on("GET", "/pods", forbidden)
    running, surroundings = logged_step.start_again()
    surroundings.wait_for_line("created Job")
    if ready:
        kubelet.run(kubelet.next_pod(admin.only_job()))

    end = running.ended()

    assert end is not None
    assert end.code is ExitCode.INFRASTRUCTURE
    assert "has forbidden for" in end.sentence
    assert "nightlane adopt" in end.sentence
    (job,) = admin.jobs()
    assert text_at(job, "metadata", "deletionTimestamp") == ""


def test_pod_that_is_missing_late_in_a_jobs_life_has_the_whole_time_to_come_back(
    admin: Administrator, mounts: Path
) -> None:
    """R11: its driver was drained after hours, and its controller pauses before it makes another."""
    observed = _Observed(admin, mounts, job=rendered_job(parallelism=0), pendingSeconds=2)
    assert observed.job.began is not None
    old = replace(observed.job, began=observed.job.began - timedelta(hours=3))

    again = observed.progress.observe(old)

    assert again is not None
    assert "PENDING: no pod could be created" in observed.surroundings.said()
    with pytest.raises(TakenBack):
        eventually(lambda: observed.progress.observe(old) is None, "the deadline")


def test_pod_that_took_the_drivers_place_unseen_is_followed(
    admin: Administrator, kubelet: Kubelet, driver_log: LogServer, mounts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R11: behind an outage nobody sees the Job without a Ready pod, and the next reading is as the last one was.

    What the first driver's executors did shows nothing about the second's: its silence has the time of one without any.
    """
    monkeypatch.setattr(running_driver, "FIRST_LOOKS_SECONDS", 0.0)
    driver_log.become_node(admin, node := f"node-{admin.namespace}")
    observed = _Observed(admin, mounts)
    first = kubelet.next_pod(observed.job.name)
    driver_log.bind(admin, first, node)
    kubelet.run(first)
    kubelet.start_executor("risk-exec-1", first)
    kubelet.run("risk-exec-1")
    seen = observed.when_ready()
    observed.progress.observe(seen)
    observed.surroundings.wait_for_line(f"RUNNING: pod {first}")

    kubelet.evict(first)
    second = kubelet.next_pod(observed.job.name, known=(first,))
    driver_log.bind(admin, second, node)
    kubelet.run(second)
    again = observed.when_ready(other_than=seen.version)
    observed.progress.observe(again)
    observed.surroundings.wait_for_line(f"RUNNING: pod {second}")
    quiet_since = datetime.now(UTC) - timedelta(seconds=2 * GONE_SECONDS)
    driver_log.write(quiet_since.strftime("%Y-%m-%dT%H:%M:%SZ"), "computing alone")
    observed.surroundings.wait_for_line("driver | computing alone")
    monkeypatch.setattr(observed.progress._driver, "_next_executor_look", 0.0)

    observed.progress.observe(again)

    assert observed.surroundings.context.troubles._kind is None
