"""Fault 28: two runners of one attempt at once."""

import signal
from pathlib import Path

import pytest

from nightlane_runner.document.step_input import StepInput
from nightlane_runner.failures import StepEnded
from nightlane_runner.job.fence import Fence
from nightlane_runner.job.manifest import complete_job
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.json_tree import JsonObject, objects_at, text_at
from tests.conftest import StartRunner
from tests.support.administrator import Administrator
from tests.support.eventually import eventually
from tests.support.in_process import Surroundings
from tests.support.kubelet import Kubelet
from tests.support.steps import document, spark_step

pytestmark = pytest.mark.api_server


@pytest.mark.fault(28)
def test_runner_that_was_taken_for_dead_steps_back(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """It wakes up to an order to stop, and must not cancel what another runner is in charge of."""
    first = start_runner("spark", spark_step(admin.namespace))
    first.wait_for_line("created Job")
    (job,) = admin.jobs()
    pod = kubelet.next_pod(text_at(job, "metadata", "name"))
    kubelet.run(pod)
    first.wait_for_line("RUNNING")
    first.process.send_signal(signal.SIGSTOP)
    second = start_runner("spark", spark_step(admin.namespace))
    second.wait_for_line("took over from")
    second.wait_for_line("RUNNING")

    first.process.send_signal(signal.SIGCONT)
    first.process.terminate()

    # What it does is looked at here, not how soon: a process that was stopped has much to catch up with.
    assert first.wait(90) == 143
    assert "has taken over Job" in first.last_line()
    kubelet.succeed(pod)
    assert second.wait() == 0


@pytest.mark.fault(28)
def test_last_runner_is_in_charge(admin: Administrator, mounts: Path) -> None:
    """Whatever the order of taking, and the Lease goes with its Job."""
    surroundings, job = _job(admin, mounts)
    first, second = _fence(surroundings), _fence(surroundings)
    first.take(job)
    first.require()
    second.take(job)

    second.require()
    with pytest.raises(StepEnded) as end:
        first.require()

    assert end.value.code == 143
    admin.delete_job(job.name)
    eventually(lambda: not _leases(admin), "the Lease's collection")


def test_identity_without_leases_goes_on_unfenced(admin: Administrator, mounts: Path) -> None:
    """An older customer side does not allow them: said, not fatal."""

    def forbid_leases(role: JsonObject) -> None:
        role["rules"] = [rule for rule in objects_at(role, "rules") if rule.get("resources") != ["leases"]]

    admin.change(admin.rbac("roles/nightlane"), forbid_leases)
    surroundings, job = _job(admin, mounts)
    fence = _fence(surroundings)

    def refused() -> bool:
        fence.take(job)
        return "are not kept apart here" in surroundings.said()

    eventually(refused, "the refusal (permissions are cached for a moment)")
    _fence(surroundings).require()


def _job(admin: Administrator, mounts: Path) -> tuple[Surroundings, RemoteJob]:
    step, spark = StepInput(document(spark_step(admin.namespace))).spark()
    surroundings = Surroundings(mounts, step)
    return surroundings, surroundings.context.cluster.create_job(complete_job(step, spark.job))


def _fence(surroundings: Surroundings) -> Fence:
    context = surroundings.context
    return Fence(context.cluster, context.outage, context.interruptions.wait, context.log)


def _leases(admin: Administrator) -> list[JsonObject]:
    path = f"/apis/coordination.k8s.io/v1/namespaces/{admin.namespace}/leases"
    return objects_at(admin.api.get(path), "items")
