"""Faults 8 and 9: the watch is a hint, reading decides; and what waiting costs."""

import secrets
import time
from http import HTTPStatus
from pathlib import Path
from queue import SimpleQueue

import pytest

from nightlane_runner.api.cluster import Cluster, JobReading
from nightlane_runner.api.errors import ApiRefused
from nightlane_runner.document import run_identity
from nightlane_runner.document.step import SparkInput, Step
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.job import follow as job_follow
from nightlane_runner.job.follow import JobFollower
from nightlane_runner.job.manifest import complete_job
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.json_tree import JsonObject, object_at
from tests.conftest import StartRunner
from tests.support.administrator import Administrator
from tests.support.eventually import eventually
from tests.support.in_process import Background, Surroundings
from tests.support.kubelet import Kubelet
from tests.support.log_server import LogServer
from tests.support.steps import document, spark_step
from tests.support.tcp_proxy import TcpProxy

pytestmark = pytest.mark.api_server


_FIRST_VERSION = "1"


class _ForgetfulCluster(Cluster):
    """Answers the first reading with a version that the server no longer keeps."""

    readings = 0

    def read_job(self, name: str) -> JobReading:
        reading = super().read_job(name)
        self.readings += 1
        return JobReading(reading.job, _FIRST_VERSION) if self.readings == 1 else reading


@pytest.mark.fault(8)
def test_watch_from_a_version_that_is_gone_begins_with_a_new_list(
    admin: Administrator, kubelet: Kubelet, mounts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 8: the real server answers 410, and the runner lists and watches again."""
    monkeypatch.setattr(job_follow, "_SHORT_WATCH_SECONDS", 0.5)
    surroundings, cluster, job = _job_in(admin, mounts)
    eventually(lambda: _is_forgotten(admin, job), "the server forgetting its first version", 180)
    forgetful = _ForgetfulCluster(surroundings.api, admin.namespace)
    following = _follow(surroundings, forgetful, job)
    surroundings.wait_for_line("the watch on Job")
    assert "410" in surroundings.said() or "too old resource version" in surroundings.said()

    kubelet.succeed(kubelet.next_pod(job.name))

    assert following.join().complete
    assert forgetful.readings >= 2
    assert cluster.read_job(job.name).job is not None


@pytest.mark.fault(9)
def test_half_open_connection_does_not_hide_the_end(
    admin: Administrator, kubelet: Kubelet, proxy: TcpProxy, mounts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 9: the watch's connection is dead without a word; the slow reading finds the Job complete."""
    monkeypatch.setattr(job_follow, "POLL_SECONDS", 2.0)
    surroundings, cluster, job = _job_in(admin, mounts)
    following = _follow(surroundings, cluster, job)
    pod = kubelet.next_pod(job.name)
    kubelet.run(pod)
    proxy.mute()

    kubelet.succeed(pod)

    assert following.join().complete


def test_ended_job_is_noticed_at_once(
    admin: Administrator, kubelet: Kubelet, mounts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watch is what makes it fast: with the next reading ten minutes away, the end is known all the same."""
    monkeypatch.setattr(job_follow, "POLL_SECONDS", 600.0)
    surroundings, cluster, job = _job_in(admin, mounts)
    following = _follow(surroundings, cluster, job)
    pod = kubelet.next_pod(job.name)
    kubelet.run(pod)
    kubelet.succeed(pod)

    assert following.join().complete


def test_waiting_runner_is_small_and_quiet(
    admin: Administrator, kubelet: Kubelet, driver_log: LogServer, start_runner: StartRunner, proxy: TcpProxy
) -> None:
    """A waiting runner keeps to 60 MB, and opens no connection while nothing happens."""
    node = f"node-{secrets.token_hex(4)}"
    driver_log.become_node(admin, node)
    runner = start_runner("spark", spark_step(admin.namespace))
    runner.wait_for_line("created Job")
    step, _ = StepInput(document(spark_step(admin.namespace))).spark()
    pod = kubelet.next_pod(run_identity.job_name(step))
    driver_log.bind(admin, pod, node)
    kubelet.run(pod)
    runner.wait_for_line("RUNNING")
    eventually(lambda: len(driver_log.since) > 0, "the log's opening")
    before = proxy.connections

    until = time.monotonic() + 4
    while time.monotonic() < until:
        resident = _resident_mebibytes(runner.process.pid)
        time.sleep(0.5)

    assert resident < 60
    assert proxy.connections == before


def _is_forgotten(admin: Administrator, job: RemoteJob) -> bool:
    """Change the Job once more, and ask for all changes since the first version for a second.

    The server keeps its last hundred changes of Jobs, and whatever is younger than 75 seconds.
    """

    def touch(tree: JsonObject) -> None:
        object_at(tree, "metadata").update(annotations={"touched": str(time.monotonic())})

    admin.change(admin.batch(f"jobs/{job.name}"), touch)
    query = {"watch": "true", "resourceVersion": _FIRST_VERSION, "timeoutSeconds": "1"}
    try:
        with admin.api.stream(admin.batch("jobs"), query, silence_seconds=10) as stream:
            return b'"code":410' in stream.read_line()
    except ApiRefused as error:
        return error.status == HTTPStatus.GONE


def _job_in(admin: Administrator, mounts: Path) -> tuple[Surroundings, Cluster, RemoteJob]:
    step, spark = _input(admin)
    surroundings = Surroundings(mounts, step)
    job = surroundings.context.cluster.create_job(complete_job(step, spark.job))
    return surroundings, surroundings.context.cluster, job


def _follow(surroundings: Surroundings, cluster: Cluster, job: RemoteJob) -> Background:
    outage, log = surroundings.context.outage, surroundings.log
    follower = JobFollower(cluster, job, outage, lambda _: 600.0, SimpleQueue(), lambda: None, log)
    return Background(follower.follow)


def _input(admin: Administrator) -> tuple[Step, SparkInput]:
    return StepInput(document(spark_step(admin.namespace))).spark()


def _resident_mebibytes(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError(f"process {process} has no VmRSS")
