"""Faults 19 to 22: a Job that does not start to run, for which Kubernetes itself would wait indefinitely."""

import time
from pathlib import Path

import pytest

from nightlane_runner.document.step_input import StepInput
from nightlane_runner.job.deadlines import TakenBack
from nightlane_runner.json_tree import Json, JsonObject, text_at
from nightlane_runner.steps import spark_step as spark_step_module
from nightlane_runner.steps.spark_step import SparkStep
from tests.conftest import StartRunner
from tests.support.administrator import Administrator
from tests.support.eventually import eventually
from tests.support.gateway import Gateway, Passage
from tests.support.in_process import Background, Surroundings
from tests.support.kubelet import Kubelet
from tests.support.local_shell import LocalShell
from tests.support.steps import document, spark_step

pytestmark = pytest.mark.api_server


@pytest.mark.fault(19)
def test_image_that_cannot_be_pulled_ends_at_its_own_deadline(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """Fault 19: the message holds the event's text, and the Job does not start hours later by itself."""
    runner = start_runner("spark", spark_step(admin.namespace, spark={"imagePullSeconds": 4}))
    runner.wait_for_line("created Job")
    pod = kubelet.next_pod(admin.only_job())
    kubelet.warn(pod, "Failed", 'Failed to pull image "registry.example/risk": not found')
    kubelet.fail_to_pull(pod, "Back-off pulling image", scheduled=kubelet.now())

    assert runner.wait() == 20
    assert "PENDING: the image cannot be pulled: ImagePullBackOff" in runner.said()
    assert 'Failed: Failed to pull image "registry.example/risk": not found' in runner.last_line()
    eventually(lambda: not admin.jobs(), "the Job's deletion")


def test_image_that_is_pulled_in_time_is_no_trouble(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """Fault 19: a registry that recovers costs nothing."""
    runner = start_runner("spark", spark_step(admin.namespace))
    runner.wait_for_line("created Job")
    pod = kubelet.next_pod(admin.only_job())
    kubelet.fail_to_pull(pod, "Back-off pulling image", scheduled=kubelet.now())
    runner.wait_for_line("PENDING: the image cannot be pulled")
    kubelet.run(pod)
    runner.wait_for_line("RUNNING")
    kubelet.succeed(pod)

    assert runner.wait() == 0


@pytest.mark.fault(20)
def test_pod_that_no_node_takes_ends_at_the_pending_deadline(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """Fault 20: with the scheduler's own words."""
    runner = start_runner("spark", spark_step(admin.namespace, spark={"pendingSeconds": 10}))
    runner.wait_for_line("created Job")
    pod = kubelet.next_pod(admin.only_job())
    kubelet.warn(pod, "FailedScheduling", "0/3 nodes are available: 3 Insufficient memory.")
    kubelet.refuse_to_schedule(pod, "0/3 nodes are available: 3 Insufficient memory.")

    assert runner.wait() == 20
    assert "no node takes the pod" in runner.last_line()
    assert "FailedScheduling: 0/3 nodes are available: 3 Insufficient memory." in runner.last_line()
    eventually(lambda: not admin.jobs(), "the Job's deletion")


def test_try_after_a_deadline_starts_the_job_anew(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """Faults 19 and 20: the same attempt may run again, since nothing of it is left."""
    runner = start_runner("spark", spark_step(admin.namespace, spark={"pendingSeconds": 2}))
    assert runner.wait() == 20

    again = start_runner("spark", spark_step(admin.namespace))
    again.wait_for_line("created Job", 60)
    kubelet.succeed(kubelet.next_pod(admin.only_job()))

    assert again.wait() == 0


def test_job_that_was_taken_back_unconfirmed_is_not_lost_but_started_anew(
    admin: Administrator, mounts: Path, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R8: the API server has carried out the deletion and says no more; the next try knows who asked for it."""
    monkeypatch.setattr(spark_step_module, "GRACE_SECONDS", 2.0)
    step, spark = StepInput(document(spark_step(admin.namespace, spark={"pendingSeconds": 2}))).spark()

    def fall_silent_after(passage: Passage) -> None:
        passage.forward()
        gateway.on("GET", "/(jobs|pods)", lambda later: later.refuse(503, "ServiceUnavailable", "restarting"))

    gateway.on("DELETE", "/jobs/", fall_silent_after)
    first = Surroundings(mounts, step)
    with pytest.raises(TakenBack):
        SparkStep(first.context, spark, LocalShell(mounts)).run()
    assert "nobody confirmed the Job's deletion in time" in first.said()
    gateway.forget_rules()
    eventually(lambda: not admin.jobs(), "the Job's deletion")

    second = Surroundings(mounts, step)
    running = Background(SparkStep(second.context, spark, LocalShell(mounts)).run)

    second.wait_for_line("created Job")
    second.evict()
    assert running.ended() is not None


@pytest.mark.fault(21)
def test_quota_that_refuses_the_pod_is_named(admin: Administrator, start_runner: StartRunner) -> None:
    """Fault 21: the Job has no pod at all; only its FailedCreate events say why."""
    hard: dict[str, Json] = {"pods": "0"}
    admin.api.create(
        admin.core("resourcequotas"),
        {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none"}, "spec": {"hard": hard}},
    )
    eventually(lambda: _quota_is_counted(admin), "the quota's first count")
    runner = start_runner("spark", spark_step(admin.namespace, spark={"pendingSeconds": 4}))

    assert runner.wait() == 20
    assert "no pod could be created" in runner.last_line()
    assert "FailedCreate" in runner.last_line()
    assert "exceeded quota" in runner.last_line()


@pytest.mark.fault(21)
def test_refusal_of_a_pod_in_an_evicted_drivers_place_is_named(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """R11: a pod that its node has evicted stays, and looks as if the Job had one."""
    runner = start_runner("spark", spark_step(admin.namespace, spark={"pendingSeconds": 25}))
    runner.wait_for_line("created Job")
    pod = kubelet.next_pod(admin.only_job())
    kubelet.run(pod)
    runner.wait_for_line(f"RUNNING: pod {pod}")
    # Of pods that have ended, a quota of pods does not count any.
    quota: JsonObject = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none"}}
    admin.api.create(admin.core("resourcequotas"), {**quota, "spec": {"hard": {"pods": "0"}}})
    eventually(lambda: _quota_is_counted(admin), "the quota's first count")
    kubelet.evict(pod)

    assert runner.wait(90) == 20
    assert "no pod could be created" in runner.last_line()
    assert "FailedCreate" in runner.last_line()
    assert "exceeded quota" in runner.last_line()


@pytest.mark.fault(22)
def test_suspended_job_is_reported_as_paused_and_its_deadline_stands_still(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """Fault 22: suspended for longer than the deadline, then resumed."""
    runner = start_runner("spark", spark_step(admin.namespace, spark={"pendingSeconds": 12}))
    runner.wait_for_line("created Job")
    job = admin.only_job()
    kubelet.next_pod(job)
    admin.suspend_job(job, suspended=True)
    runner.wait_for_line("PAUSED")
    eventually(lambda: not kubelet.pods_of(job), "the pod's deletion")
    paused = time.monotonic()
    eventually(lambda: time.monotonic() - paused > 13, "a pause longer than the deadline")
    assert runner.process.poll() is None

    admin.suspend_job(job, suspended=False)
    runner.wait_for_line("was resumed")
    pod = kubelet.next_pod(job)
    kubelet.run(pod)
    runner.wait_for_line("RUNNING")
    kubelet.succeed(pod)

    assert runner.wait() == 0


def _quota_is_counted(admin: Administrator) -> bool:
    return text_at(admin.api.get(admin.core("resourcequotas/none")), "status", "hard", "pods") == "0"
