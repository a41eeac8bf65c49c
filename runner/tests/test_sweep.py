"""Fault 5: what a run that is over has left is taken back, and nothing else."""

from typing import Any

import pytest

from nightlane_runner.document import run_identity
from nightlane_runner.document.step import Step
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.job.manifest import complete_job
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.json_tree import objects_at, text_at
from tests.conftest import StartRunner
from tests.support.administrator import Administrator
from tests.support.eventually import eventually
from tests.support.kubelet import Kubelet
from tests.support.steps import document, spark_step, sweep_step

pytestmark = pytest.mark.api_server


@pytest.mark.fault(5)
def test_run_is_swept_and_other_runs_are_not(admin: Administrator, kubelet: Kubelet, start_runner: StartRunner) -> None:
    """Jobs of two steps and an executor without an owner; the replay of the same night goes on."""
    _create(admin, kubelet, spark_step(admin.namespace))
    step, _ = _create(admin, kubelet, spark_step(admin.namespace, step="scenarios", attempt=2))
    kubelet.start_ready_pod("left-over-exec-1", dict(run_identity.labels(step)))
    replay = spark_step(admin.namespace)
    replay["run"]["number"] = 2
    other, job = _create(admin, kubelet, replay)
    kubelet.start_ready_pod("replay-exec-1", dict(run_identity.labels(other)))

    runner = start_runner("sweep", sweep_step(admin.namespace))

    assert runner.wait() == 0
    assert "left-over-exec-1" in runner.last_line()
    eventually(lambda: _jobs(admin) == {job}, "the deletion of the run's Jobs")
    eventually(
        lambda: {name for name in _pods(admin) if name.endswith("-exec-1")} == {"replay-exec-1"}, "the pods' deletion"
    )


@pytest.mark.fault(5)
def test_jobs_that_have_ended_are_kept(admin: Administrator, kubelet: Kubelet, start_runner: StartRunner) -> None:
    """They run nothing; their time to live removes them."""
    _, job = _create(admin, kubelet, spark_step(admin.namespace))
    (pod,) = kubelet.pods_of(job)
    kubelet.succeed(text_at(pod, "metadata", "name"))
    eventually(lambda: RemoteJob.of(admin.job(job) or {}).complete, "the Job's completion")

    runner = start_runner("sweep", sweep_step(admin.namespace))

    assert runner.wait() == 0
    assert "deleted: nothing" in runner.last_line()
    assert admin.job(job) is not None


def _create(admin: Administrator, kubelet: Kubelet, given: dict[str, Any]) -> tuple[Step, str]:
    step, spark = StepInput(document(given)).spark()
    name = text_at(admin.api.create(admin.batch("jobs"), complete_job(step, spark.job)), "metadata", "name")
    kubelet.run(kubelet.next_pod(name))
    return step, name


def _jobs(admin: Administrator) -> set[str]:
    return {text_at(job, "metadata", "name") for job in admin.jobs()}


def _pods(admin: Administrator) -> list[str]:
    return [text_at(pod, "metadata", "name") for pod in objects_at(admin.api.get(admin.core("pods")), "items")]
