"""Faults 4, 5 and 6: who ended the pod, and what becomes of the remote Job."""

import signal
import time
from pathlib import Path

import pytest

from nightlane_runner.api import client
from nightlane_runner.document import run_identity
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.interruption import GRACE_SECONDS
from nightlane_runner.job.cancel import Cancellation, one_job
from nightlane_runner.job.manifest import complete_job, spec_hash
from nightlane_runner.json_tree import object_at, text_at
from tests.conftest import StartRunner
from tests.support.administrator import Administrator
from tests.support.eventually import eventually
from tests.support.in_process import Background, Surroundings
from tests.support.kubelet import Kubelet
from tests.support.running_step import RunningStep
from tests.support.steps import document, spark_step
from tests.support.tcp_proxy import TcpProxy

pytestmark = pytest.mark.api_server


@pytest.mark.fault(4)
def test_eviction_detaches_and_the_next_runner_adopts(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """Fault 4, R5: a bare SIGTERM, as in an eviction under pressure, which has no second for a word."""
    running = RunningStep.start(admin, kubelet, start_runner)
    first = running.runner
    first.process.terminate()

    assert first.wait() == 143
    assert len(admin.jobs()) == 1

    second = start_runner("spark", spark_step(admin.namespace))
    second.wait_for_line("found Job")
    kubelet.succeed(running.pod)
    assert second.wait() == 0


@pytest.mark.fault(4, 5)
def test_order_counts_also_for_a_runner_that_is_told_to_end(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """Faults 4 and 5, R5: an order and a signal at once; the cancellation fits into the grace period."""
    runner = RunningStep.start(admin, kubelet, start_runner).runner
    runner.process.send_signal(signal.SIGSTOP)
    runner.places.annotations.write_text('nightlane/order="stop"\n')
    runner.process.send_signal(signal.SIGTERM)
    runner.process.send_signal(signal.SIGCONT)

    assert runner.wait(25) == 40
    assert "was cancelled" in runner.last_line()
    eventually(lambda: not admin.jobs(), "the Job's deletion")


def test_order_by_annotation_cancels_the_remote_job(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """An operator's command annotates the pod, and the downward API brings the order in."""
    runner = RunningStep.start(admin, kubelet, start_runner).runner
    runner.places.annotations.write_text('kubernetes.io/config.seen="2026"\nnightlane/order="pause"\n')
    runner.wait_for_line("the order 'pause' is not known")
    runner.places.annotations.write_text('kubernetes.io/config.seen="2026"\nnightlane/order="stop"\n')

    assert runner.wait() == 40
    assert "stopped by the operator" in runner.last_line()
    eventually(lambda: not admin.jobs(), "the Job's deletion")


@pytest.mark.fault(5)
def test_cancellation_during_an_outage_says_that_nobody_confirmed_it(
    admin: Administrator, kubelet: Kubelet, proxy: TcpProxy, start_runner: StartRunner
) -> None:
    """Fault 5: within the grace period or not at all; the sweeper does the rest."""
    runner = RunningStep.start(admin, kubelet, start_runner).runner
    proxy.go_away()
    runner.wait_for_line("UNKNOWN")
    runner.places.annotations.write_text('nightlane/order="stop"\n')

    assert runner.wait(60) == 40
    assert GRACE_SECONDS < 28
    assert "nobody confirmed" in runner.last_line()


@pytest.mark.fault(5)
@pytest.mark.parametrize("connected", [True, False])
def test_cancellation_waits_for_no_answer_beyond_its_deadline(
    admin: Administrator, mounts: Path, proxy: TcpProxy, monkeypatch: pytest.MonkeyPatch, connected: bool
) -> None:
    """Fault 5: an API server that accepts connections and never answers. The kubelet kills the pod soon after."""
    for name in ("READ_SECONDS", "CONNECT_SECONDS", "REQUEST_SECONDS"):
        monkeypatch.setattr(client, name, 3600.0)
    step, spark = StepInput(document(spark_step(admin.namespace))).spark()
    surroundings = Surroundings(mounts, step)
    cluster = surroundings.context.cluster
    job = cluster.create_job(complete_job(step, spark.job))
    if not connected:
        proxy.go_away()
        proxy.come_back()
    proxy.fall_silent()

    target = one_job(cluster, job.name, spec_hash(spark.job), run_identity.selector(step))
    cancellation = Cancellation(cluster, target, lambda: None, surroundings.log)

    assert Background(lambda: cancellation.run(time.monotonic() + 2)).join() is False
    assert "trying again" in surroundings.said()


@pytest.mark.fault(6)
def test_pod_that_is_created_while_its_job_is_deleted_is_swept(
    admin: Administrator, kubelet: Kubelet, mounts: Path
) -> None:
    """Fault 6: an executor without an owner, as left behind by a driver that died; other attempts are spared."""
    step, spark = StepInput(document(spark_step(admin.namespace))).spark()
    surroundings = Surroundings(mounts, step)
    cluster = surroundings.context.cluster
    job = cluster.create_job(complete_job(step, spark.job))
    kubelet.next_pod(job.name)
    labels = {**run_identity.labels(step)}
    kubelet.start_ready_pod(f"{job.name}-exec-1", dict(labels))
    kubelet.start_ready_pod("nl-var-es-of-another-attempt-exec-1", dict(labels))

    target = one_job(cluster, job.name, spec_hash(spark.job), run_identity.selector(step))
    cancellation = Cancellation(cluster, target, lambda: None, surroundings.log)

    assert cancellation.run(time.monotonic() + 25)
    left = eventually(lambda: _only(_names(admin)), "the pods' deletion")
    assert left == "nl-var-es-of-another-attempt-exec-1"
    eventually(lambda: not admin.jobs(), "the Job's deletion")


def test_cancellation_spares_a_job_of_another_definition(admin: Administrator, mounts: Path) -> None:
    """Nothing that is not Nightlane's is deleted, even under the step's name."""
    step, spark = StepInput(document(spark_step(admin.namespace))).spark()
    surroundings = Surroundings(mounts, step)
    job = complete_job(step, spark.job)
    object_at(job, "metadata").pop("annotations")
    cluster = surroundings.context.cluster
    cluster.create_job(job)

    target = one_job(cluster, run_identity.job_name(step), spec_hash(spark.job), "nightlane/step=none")
    cancellation = Cancellation(cluster, target, lambda: None, surroundings.log)

    assert cancellation.run(time.monotonic() + 25)
    assert len(admin.jobs()) == 1


def _names(admin: Administrator) -> list[str]:
    answer = admin.api.get(admin.core("pods"))
    items = answer["items"]
    assert isinstance(items, list)
    return [text_at(pod, "metadata", "name") for pod in items]


def _only(names: list[str]) -> str | None:
    return names[0] if len(names) == 1 else None
