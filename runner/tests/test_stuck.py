"""Faults 11 and 25: clocks that differ, and objects that do not go away."""

from pathlib import Path

import pytest

from nightlane_runner.document.step_input import StepInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.job import claim as job_claim
from nightlane_runner.job.claim import JobClaim
from nightlane_runner.job.manifest import complete_job
from nightlane_runner.job.remote_job import parsed_time
from nightlane_runner.json_tree import Json, object_at, text_at
from nightlane_runner.lane.attempt_record import AttemptRecord
from nightlane_runner.lane.job_record import JobRecord
from tests.support.administrator import Administrator
from tests.support.in_process import Surroundings
from tests.support.kubelet import Kubelet
from tests.support.steps import document, spark_step

pytestmark = pytest.mark.api_server


@pytest.mark.fault(25)
def test_job_held_by_a_finalizer_is_waited_for_with_a_limit(
    admin: Administrator, mounts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 25: the next attempt has a new name, so nobody has to wait for the old one."""
    monkeypatch.setattr(job_claim, "DELETION_SECONDS", 4.0)
    step, spark = StepInput(document(spark_step(admin.namespace))).spark()
    surroundings = Surroundings(mounts, step)
    job = complete_job(step, spark.job)
    finalizers: list[Json] = ["risk.example/hold"]
    object_at(job, "metadata")["finalizers"] = finalizers
    admin.api.create(admin.batch("jobs"), job)
    name = text_at(job, "metadata", "name")
    admin.delete_job(name)

    context = surroundings.context
    claim = JobClaim(
        context.cluster,
        complete_job(step, spark.job),
        JobRecord(AttemptRecord(mounts / "record.json"), context.log),
        context.outage,
        context.interruptions.wait,
        context.log,
    )
    with pytest.raises(StepEnded) as end:
        claim.claim()

    assert end.value.code is ExitCode.LOST
    assert "held by a finalizer" in end.value.sentence
    admin.change(admin.batch(f"jobs/{name}"), lambda tree: object_at(tree, "metadata").pop("finalizers"))


@pytest.mark.fault(11)
def test_ages_are_told_by_the_remote_clock(
    admin: Administrator, kubelet: Kubelet, mounts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 11: whatever our own clock says, a pod that was just made was just made."""
    step, _ = StepInput(document(spark_step(admin.namespace))).spark()
    surroundings = Surroundings(mounts, step)
    monkeypatch.setattr("time.time", lambda: 0.0)
    kubelet.start_ready_pod("fresh", {"app": "risk"})
    (pod,) = surroundings.context.cluster.pods("app=risk")

    created = parsed_time(text_at(pod, "metadata", "creationTimestamp"))

    assert created is not None
    assert -2 < surroundings.api.seconds_since(created) < 10
