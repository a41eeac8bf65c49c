"""Fault 28: two runners of one attempt at once."""

import signal
from pathlib import Path

import pytest

from nightlane_runner.api.errors import ApiRefused, ApiUnknown
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.failures import StepEnded
from nightlane_runner.job import fence as fence_module
from nightlane_runner.job.fence import Fence
from nightlane_runner.job.manifest import complete_job
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.json_tree import JsonObject, objects_at, text_at
from tests.conftest import StartRunner
from tests.support.administrator import Administrator
from tests.support.eventually import eventually
from tests.support.gateway import Gateway, forbidden
from tests.support.in_process import Surroundings
from tests.support.kubelet import Kubelet
from tests.support.runner_process import RunnerProcess
from tests.support.steps import document, spark_step

pytestmark = pytest.mark.api_server


@pytest.mark.fault(28)
def test_runner_that_was_taken_for_dead_steps_back(
    admin: Administrator, kubelet: Kubelet, mounts: Path, tmp_path: Path, start_runner: StartRunner
) -> None:
    """It wakes up to an order to stop, and must not cancel what another runner is in charge of."""
    first = start_runner("spark", spark_step(admin.namespace))
    first.wait_for_line("created Job")
    (job,) = admin.jobs()
    pod = kubelet.next_pod(text_at(job, "metadata", "name"))
    kubelet.run(pod)
    first.wait_for_line("RUNNING")
    first.process.send_signal(signal.SIGSTOP)
    # A pod of its own, so that the order is not for it; the lane's volume is the same.
    pod_of_second = tmp_path / "second"
    pod_of_second.mkdir()
    for shared in ("credentials", "results"):
        (pod_of_second / shared).symlink_to(mounts / shared)
    second = RunnerProcess(pod_of_second, "spark", spark_step(admin.namespace))
    second.wait_for_line("took over from")
    second.wait_for_line("RUNNING")

    first.places.annotations.write_text('nightlane/order="stop"\n')
    first.process.send_signal(signal.SIGCONT)

    # What it does is checked here, not how soon: a process that was stopped has much to catch up with.
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


def test_lease_of_a_job_that_is_gone_is_not_made_anew(
    admin: Administrator, mounts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was in charge by it can no longer tell: another runner may bring the results by now."""
    monkeypatch.setattr(fence_module, "RENEW_SECONDS", 0.0)
    surroundings, job = _job(admin, mounts)
    fence = _fence(surroundings)
    fence.take(job)
    assert fence.require()
    admin.delete_job(job.name)
    eventually(lambda: not admin.jobs() and not _leases(admin), "the Job's and the Lease's collection")

    fence.renew()

    assert not fence.require()
    assert _leases(admin) == []


def test_lease_that_changes_all_the_time_is_unknown(admin: Administrator, mounts: Path, gateway: Gateway) -> None:
    """A webhook that answers every write with a conflict: it is for the outage's patience, with its pauses."""
    surroundings, job = _job(admin, mounts)
    fence = _fence(surroundings)
    fence.take(job)
    admin.api.delete(f"/apis/coordination.k8s.io/v1/namespaces/{admin.namespace}/leases/{job.name}", {})
    met = gateway.on("POST", "/leases", lambda passage: passage.refuse(409, "Conflict", "changed"))

    with pytest.raises(ApiUnknown, match="changes all the time"):
        fence.require()
    assert met() == 5


def test_lease_that_may_not_be_taken_is_tried_again(
    admin: Administrator, mounts: Path, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R1: a role that is loaded late costs no fence; nothing is done meanwhile that only the one in charge may do."""
    monkeypatch.setattr(fence_module, "RETRY_SECONDS", 0.0)
    surroundings, job = _job(admin, mounts)
    fence = _fence(surroundings)
    gateway.on("GET", "/leases", forbidden)

    fence.take(job)

    assert "may not be taken" in surroundings.said()
    fence.renew()
    with pytest.raises(ApiRefused):
        fence.require()
    gateway.forget_rules()
    fence.renew()
    assert [text_at(lease, "spec", "holderIdentity") for lease in _leases(admin)] == [fence.holder]
    fence.require()


def test_runner_that_was_refused_the_lease_never_takes_it_from_a_newer_one(
    admin: Administrator, mounts: Path, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R1: who takes it late is not the one that began last."""
    monkeypatch.setattr(fence_module, "RETRY_SECONDS", 0.0)
    surroundings, job = _job(admin, mounts)
    late, newer = _fence(surroundings), _fence(surroundings)
    gateway.on("GET", "/leases", forbidden, times=1)
    late.take(job)
    began = surroundings.api.server_now()
    assert began is not None
    # Servers tell the time in whole seconds.
    eventually(lambda: surroundings.api.seconds_since(began) >= 3, "a later second")
    newer.take(job)

    with pytest.raises(StepEnded) as end:
        late.renew()

    assert end.value.code == 143
    newer.require()


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
