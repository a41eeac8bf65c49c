"""Fault 5: Jobs that nobody looks after any more are removed; one whose runner is only being replaced is not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nightlane_runner.document.step import ReapInput, SparkInput, Step
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.job import fence as fence_module
from nightlane_runner.job.fence import Fence
from nightlane_runner.job.manifest import complete_job
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.json_tree import JsonObject, object_at, objects_at, text_at
from nightlane_runner.steps.reap_step import ReapStep
from tests.conftest import StartRunner
from tests.support.administrator import Administrator
from tests.support.eventually import eventually
from tests.support.in_process import Background, Surroundings
from tests.support.kubelet import Kubelet
from tests.support.steps import document, spark_step
from tests.support.tcp_proxy import TcpProxy

pytestmark = [pytest.mark.api_server, pytest.mark.fault(5)]

ORPHAN_SECONDS = 600

LEAST_DEPLOYED_SECONDS = 6 * 3600
"""The least that any reaper is given; test/unit/constructs/lane/reaper.test.ts holds it to the tries of a step."""


def test_orphan_is_removed_with_its_pods(admin: Administrator, kubelet: Kubelet, mounts: Path) -> None:
    """Its runner died long ago and nobody came after it; a Job beside it is looked after and stays."""
    lane = _Lane(admin, mounts)
    orphan, followed = lane.followed_job("var-es"), lane.followed_job("report")
    kubelet.run(kubelet.next_pod(orphan.name))
    lane.age_lease(orphan)

    lane.reap(watch_seconds=1)

    assert f"reaped Job {orphan.name}" in lane.said()
    eventually(lambda: admin.job(orphan.name) is None, "the orphan's deletion")
    eventually(lambda: not kubelet.pods_of(orphan.name), "its pods' deletion")
    assert text_at(admin.job(followed.name), "metadata", "deletionTimestamp") == ""


def test_job_without_a_lease_is_left_alone(admin: Administrator, mounts: Path) -> None:
    """R1: its runner may have died before it took the Lease, or runs and may not take it: nobody knows."""
    lane = _Lane(admin, mounts)
    job = lane.job("var-es")
    eventually(lambda: lane.age(job) >= 1, "the Job's age")

    lane.reap(watch_seconds=1, orphan_seconds=1)

    assert f"Job {job.name} has no Lease" in lane.said()
    assert text_at(admin.job(job.name), "metadata", "deletionTimestamp") == ""


def test_job_of_a_step_that_waits_for_a_person_is_there_to_be_adopted(
    admin: Administrator, kubelet: Kubelet, mounts: Path, proxy: TcpProxy, start_runner: StartRunner
) -> None:
    """R7: nobody could write a word into the cluster when the last try gave up, and the person decides hours later."""
    step = spark_step(admin.namespace, outageBudgetSeconds=2)
    first = start_runner("spark", step)
    first.wait_for_line("created Job")
    pod = kubelet.next_pod(admin.only_job())
    kubelet.run(pod)
    first.wait_for_line(f"RUNNING: pod {pod}")
    proxy.go_away()
    assert first.wait() == 20
    assert "left alone for as long as its step may take" in first.last_line()
    proxy.come_back()
    lane = _Lane(admin, mounts)
    job = RemoteJob.of(admin.job(admin.only_job()) or {})
    lane.age_lease(job, LEAST_DEPLOYED_SECONDS - 600)

    lane.reap(watch_seconds=1, orphan_seconds=LEAST_DEPLOYED_SECONDS)

    adopting = start_runner("spark", step)
    adopting.wait_for_line(f"RUNNING: pod {pod}")
    kubelet.succeed(pod)
    assert adopting.wait() == 0
    assert f"(uid {job.uid})" in adopting.said()


def test_job_that_is_taken_over_while_the_reaper_watches_is_left_alone(admin: Administrator, mounts: Path) -> None:
    """An eviction, an outage or a lost node: the next runner came at last."""
    lane = _Lane(admin, mounts)
    job = lane.followed_job("var-es")
    lane.age_lease(job)
    reaping = Background(lambda: lane.reap(watch_seconds=6))
    eventually(lambda: "watching for 6 s" in lane.said(), "the reaper's first look")

    lane.fence().take(job)

    reaping.join()
    assert "reaped" not in lane.said()
    assert text_at(admin.job(job.name), "metadata", "deletionTimestamp") == ""


def test_runner_that_comes_in_the_last_moment_wins(admin: Administrator, mounts: Path) -> None:
    """The Lease decides: the first to write it."""
    lane = _Lane(admin, mounts)
    job = lane.followed_job("var-es")
    seen = lane.lease(job)

    lane.fence().take(job)

    assert not lane.fence().take_unless_renewed(job, seen)


def test_jobs_of_others_and_jobs_that_ended_are_left_alone(
    admin: Administrator, kubelet: Kubelet, mounts: Path
) -> None:
    """Whatever has no hash of Nightlane's, another customer's label, or a final condition."""
    lane = _Lane(admin, mounts)
    foreign = lane.job("foreign", lambda job: object_at(job, "metadata").pop("annotations"))
    labels = {"nightlane/customer": "alpenkredit"}
    other = lane.job("other", lambda job: object_at(job, "metadata", "labels").update(labels))
    ended = lane.job("ended")
    kubelet.succeed(kubelet.next_pod(ended.name))
    eventually(lambda: RemoteJob.of(admin.job(ended.name) or {}).complete, "the Job's completion")
    eventually(lambda: lane.age(ended) >= 1, "the Jobs' age")

    lane.reap(watch_seconds=1, orphan_seconds=1)

    assert {foreign.name, other.name, ended.name} == {text_at(job, "metadata", "name") for job in admin.jobs()}


def test_lease_that_is_never_renewed_says_nothing(admin: Administrator, mounts: Path) -> None:
    """It is a runner's of an earlier release, which is still at work."""
    lane = _Lane(admin, mounts)
    job = lane.followed_job("var-es")
    lane.change_lease(job, lambda lease: object_at(lease, "spec").pop("renewTime"))
    eventually(lambda: lane.age(job) >= 1, "the Job's age")

    lane.reap(watch_seconds=1, orphan_seconds=1)

    assert "is looked after" in lane.said()
    assert admin.job(job.name) is not None


def test_nothing_is_decided_where_leases_may_not_be_read(admin: Administrator, mounts: Path) -> None:
    """An older customer side does not allow them, so nobody knows."""
    lane = _Lane(admin, mounts)
    job = lane.job("var-es")

    def forbid_leases(role: JsonObject) -> None:
        role["rules"] = [rule for rule in objects_at(role, "rules") if rule.get("resources") != ["leases"]]

    admin.change(admin.rbac("roles/nightlane"), forbid_leases)

    def refused() -> bool:
        try:
            lane.reap(watch_seconds=1)
        except StepEnded as end:
            return end.code is ExitCode.INFRASTRUCTURE and "Nothing was decided" in end.sentence
        return False

    eventually(refused, "the refusal (permissions are cached for a moment)")
    assert admin.job(job.name) is not None


def test_runner_renews_while_it_follows(admin: Administrator, mounts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the remote clock; a Lease that was collected comes back."""
    monkeypatch.setattr(fence_module, "RENEW_SECONDS", 0.0)
    lane = _Lane(admin, mounts)
    job = lane.job("var-es")
    fence = lane.fence()
    fence.take(job)
    lane.age_lease(job)
    aged = lane.lease(job)

    fence.renew()
    renewed = lane.lease(job)
    admin.api.delete(lane.lease_path(job), {})
    fence.renew()

    assert text_at(renewed, "spec", "renewTime") > text_at(aged, "spec", "renewTime")
    assert text_at(lane.lease(job), "spec", "holderIdentity") == text_at(renewed, "spec", "holderIdentity")


def test_runner_that_was_replaced_finds_out_when_it_renews(
    admin: Administrator, mounts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It steps back instead of passing for the one in charge."""
    monkeypatch.setattr(fence_module, "RENEW_SECONDS", 0.0)
    lane = _Lane(admin, mounts)
    job = lane.job("var-es")
    first = lane.fence()
    first.take(job)
    lane.fence().take(job)

    with pytest.raises(StepEnded) as end:
        first.renew()

    assert end.value.code is ExitCode.DETACHED


def test_reaper_is_a_command_of_the_runner(admin: Administrator, start_runner: StartRunner) -> None:
    """As the lane's schedule starts it, without a step."""
    reap = {"customer": "nordbank", "namespace": admin.namespace, "orphanSeconds": 3600, "watchSeconds": 900}

    runner = start_runner("reap", {"reap": reap})

    assert runner.wait() == 0
    assert "that runs is looked after" in runner.last_line()


class _Lane:
    """Jobs of one night, their Leases, and a reaper beside them."""

    def __init__(self, admin: Administrator, mounts: Path) -> None:
        self._admin = admin
        step, self._spark = self._input("reap")
        self._surroundings = Surroundings(mounts, step)
        self._context = self._surroundings.context

    def job(self, step_name: str, edit: Callable[[JsonObject], object] = lambda _: None) -> RemoteJob:
        """Make the Job of a step, as its runner would."""
        step, spark = self._input(step_name)
        job = complete_job(step, spark.job)
        edit(job)
        return self._context.cluster.create_job(job)

    def followed_job(self, step_name: str) -> RemoteJob:
        """Make the Job of a step with a runner in charge of it."""
        job = self.job(step_name)
        self.fence().take(job)
        return job

    def fence(self) -> Fence:
        """Return the fence of a further runner."""
        context = self._context
        return Fence(context.cluster, context.outage, context.interruptions.wait, context.log)

    def reap(self, watch_seconds: int, orphan_seconds: int = ORPHAN_SECONDS) -> None:
        """Reap once."""
        context = self._context
        reap = ReapInput("nordbank", self._admin.namespace, orphan_seconds, watch_seconds)
        ReapStep(context.cluster, context.outage, reap, context.interruptions.wait, context.log).run()

    def said(self) -> str:
        """Return the log so far."""
        return self._surroundings.said()

    def age(self, job: RemoteJob) -> float:
        """Return the Job's age by the remote clock."""
        self._context.cluster.read_job(job.name)
        assert job.began is not None
        return self._surroundings.api.seconds_since(job.began)

    def age_lease(self, job: RemoteJob, seconds: float = 2 * ORPHAN_SECONDS) -> None:
        """Let the Lease be one that nobody has renewed for so long."""
        long_ago = datetime.now(UTC) - timedelta(seconds=seconds)
        stamp = long_ago.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self.change_lease(job, lambda lease: object_at(lease, "spec").update(renewTime=stamp))

    def change_lease(self, job: RemoteJob, edit: Callable[[JsonObject], object]) -> None:
        """Change the Lease behind the runners' back."""
        self._admin.change(self.lease_path(job), edit)

    def lease(self, job: RemoteJob) -> JsonObject:
        """Read the Lease."""
        return self._admin.api.get(self.lease_path(job))

    def lease_path(self, job: RemoteJob) -> str:
        """Return where the Lease is."""
        return f"/apis/coordination.k8s.io/v1/namespaces/{self._admin.namespace}/leases/{job.name}"

    def _input(self, step_name: str) -> tuple[Step, SparkInput]:
        return StepInput(document(spark_step(self._admin.namespace, step=step_name))).spark()
