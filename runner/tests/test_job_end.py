"""Faults 24, 26 and 29: the Job's conditions decide how a step ended, and each ending has its code."""

import time
from pathlib import Path
from queue import SimpleQueue

import pytest

from nightlane_runner.document import run_identity
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.job.driver_pod import newest_pod
from nightlane_runner.job.manifest import complete_job
from nightlane_runner.job.progress import JobProgress
from nightlane_runner.json_tree import Json, object_at, text_at
from tests.conftest import StartRunner
from tests.support.administrator import Administrator
from tests.support.eventually import eventually
from tests.support.gateway import Gateway, Passage
from tests.support.in_process import Surroundings
from tests.support.kubelet import Kubelet
from tests.support.running_step import RunningStep
from tests.support.steps import document, rendered_job, spark_step

pytestmark = pytest.mark.api_server


@pytest.mark.fault(26)
def test_failed_pod_is_no_failed_job(admin: Administrator, kubelet: Kubelet, start_runner: StartRunner) -> None:
    """Fault 26: the controller replaces the pod, and the Job succeeds."""
    runner = start_runner("spark", spark_step(admin.namespace, spark={"job": rendered_job(backoffLimit=2)}))
    runner.wait_for_line("created Job")
    job = admin.only_job()
    first = kubelet.next_pod(job)
    kubelet.run(first)
    runner.wait_for_line(f"RUNNING: pod {first}")
    kubelet.fail(first)
    second = kubelet.next_pod(job, known=(first,))
    assert runner.process.poll() is None
    kubelet.run(second)
    runner.wait_for_line(f"RUNNING: pod {second}", 40)
    kubelet.succeed(second)

    assert runner.wait() == 0


def test_one_of_several_pods_that_is_done_is_not_the_job(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """An indexed Job is done when its condition says so, whichever pod's log has ended."""
    job = rendered_job(parallelism=2, completions=2, completionMode="Indexed")
    runner = start_runner("job", spark_step(admin.namespace, spark={"job": job, "executors": False}))
    runner.wait_for_line("created Job")
    name = admin.only_job()
    pods = eventually(lambda: both if len(both := kubelet.pods_of(name)) == 2 else None, "the Job's two pods")
    # Of several pods the runner follows the newest.
    first = text_at(newest_pod(pods), "metadata", "name")
    (second,) = {text_at(pod, "metadata", "name") for pod in pods} - {first}
    kubelet.run(first)
    runner.wait_for_line(f"RUNNING: pod {first}")
    kubelet.succeed(first)
    kubelet.run(second)
    assert runner.process.poll() is None
    kubelet.succeed(second)

    assert runner.wait() == 0
    assert f"Job {name} is complete" in runner.said()


@pytest.mark.fault(26)
def test_evicted_driver_is_started_again_in_its_place(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """A disruption costs the Job's only try nothing, and the replacement waits until the old driver has ended."""
    step = RunningStep.start(admin, kubelet, start_runner)
    admin.api.delete(admin.core(f"pods/{step.pod}"), {})
    assert len(kubelet.pods_of(step.job)) == 1
    kubelet.evict(step.pod)
    second = kubelet.next_pod(step.job, known=(step.pod,))
    kubelet.run(second)
    step.runner.wait_for_line(f"RUNNING: pod {second}", 40)
    kubelet.succeed(second)

    assert step.runner.wait() == 0
    assert admin.only_job() == step.job


@pytest.mark.fault(26)
def test_driver_that_was_deleted_by_hand_is_not_started_again(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """A deletion by somebody is not a disruption: the Job fails, and a person decides."""
    step = RunningStep.start(admin, kubelet, start_runner)

    kubelet.fail(step.pod, 143)

    assert step.runner.wait() == 10
    assert len(kubelet.pods_of(step.job)) == 1


@pytest.mark.fault(26, 29)
def test_failed_job_is_application_with_the_drivers_end(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """Faults 26 and 29: the Job's Failed condition, and what killed the driver."""
    runner = start_runner("spark", spark_step(admin.namespace))
    runner.wait_for_line("created Job")
    kubelet.fail(kubelet.next_pod(admin.only_job()), 137, "OOMKilled")

    assert runner.wait() == 10
    assert "BackoffLimitExceeded" in runner.last_line()
    assert "exit code 137 (OOMKilled)" in runner.last_line()
    assert runner.places.termination_log.read_text() == runner.last_line()


@pytest.mark.fault(29)
@pytest.mark.parametrize(
    ("attempt", "ends", "code", "reason", "exit_code"),
    [
        (1, ["OOMKilled"], 137, "OOMKilled", 11),
        (1, ["OOMKilled"], 137, "Error", 10),
        (1, [137], 137, "OOMKilled", 11),
        (1, [3, 137], 1, "Error", 10),
        (1, None, 1, "Error", 11),
        (2, None, 1, "Error", 11),
        (3, None, 1, "Error", 10),
    ],
)
def test_declared_end_of_the_program_asks_for_another_attempt(
    admin: Administrator,
    kubelet: Kubelet,
    start_runner: StartRunner,
    attempt: int,
    ends: list[object] | None,
    code: int,
    reason: str,
    exit_code: int,
) -> None:
    """By a code of its own, up to the last attempt that begins by itself; every other end is for a person."""
    again = {"attempts": 3} if ends is None else {"attempts": 3, "ends": ends}
    runner = start_runner("spark", spark_step(admin.namespace, attempt=attempt, spark={"again": again}))
    runner.wait_for_line("created Job")
    kubelet.fail(kubelet.next_pod(admin.only_job()), code, reason)

    assert runner.wait() == exit_code
    assert (f"goes on by itself to attempt {attempt + 1} of 3" in runner.last_line()) == (exit_code == 11)


@pytest.mark.fault(29)
def test_deadline_is_no_end_of_the_program(admin: Administrator, kubelet: Kubelet, start_runner: StartRunner) -> None:
    """A program that was ended from outside would run into the same again: a person decides."""
    job = rendered_job(activeDeadlineSeconds=10)
    template = object_at(job, "spec", "template")
    finalizers: list[Json] = ["risk.example/slow-end"]
    template["metadata"] = {"finalizers": finalizers}
    runner = start_runner("spark", spark_step(admin.namespace, spark={"job": job, "again": {"attempts": 3}}))
    runner.wait_for_line("created Job")
    pod = kubelet.next_pod(admin.only_job())
    kubelet.run(pod)
    runner.wait_for_line("is about to fail: DeadlineExceeded", 40)
    kubelet.fail(pod, 143)
    admin.change(admin.core(f"pods/{pod}"), lambda tree: object_at(tree, "metadata").pop("finalizers"))

    assert runner.wait() == 10


@pytest.mark.fault(26, 29)
def test_program_that_failed_first_speaks_for_an_indexed_job(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """The other pods are ended because of it, no matter how."""
    job = rendered_job(parallelism=2, completions=2, completionMode="Indexed")
    again = {"attempts": 2, "ends": ["OOMKilled"]}
    runner = start_runner("job", spark_step(admin.namespace, spark={"job": job, "executors": False, "again": again}))
    runner.wait_for_line("created Job")
    name = admin.only_job()
    first = kubelet.next_pod(name)
    second = kubelet.next_pod(name, known=(first,))
    kubelet.run(first)
    kubelet.run(second)
    kubelet.fail(first, 137, "OOMKilled")

    assert runner.wait() == 11


def _limit(seconds_from_now: int) -> dict[str, int]:
    return {"start": int(time.time()) + seconds_from_now - 3600, "seconds": 3600}


@pytest.mark.fault(24)
def test_attempt_that_runs_at_the_nights_limit_is_taken_back(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """Whenever it began, and how long its own time is."""
    spark = {"timeoutSeconds": 43200, "endWithin": _limit(30)}
    runner = start_runner("spark", spark_step(admin.namespace, spark=spark))
    runner.wait_for_line("created Job")
    pod = kubelet.next_pod(admin.only_job())
    kubelet.run(pod)
    runner.wait_for_line(f"RUNNING: pod {pod}")

    assert runner.wait(60) == 10
    assert "did not end within 3600 s from the night's start" in runner.last_line()
    eventually(lambda: not admin.jobs(), "the Job's deletion")


@pytest.mark.fault(24)
def test_first_attempt_does_not_begin_after_the_nights_limit(admin: Administrator, start_runner: StartRunner) -> None:
    """Nobody has said that it is still wanted."""
    runner = start_runner("spark", spark_step(admin.namespace, spark={"endWithin": _limit(-1)}))

    assert runner.wait() == 10
    assert "did not begin within 3600 s from the night's start" in runner.last_line()
    assert admin.jobs() == []


@pytest.mark.fault(24)
def test_persons_attempt_has_no_limit_of_the_night_and_nothing_follows_it(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """No attempt begins by itself after the limit, so one that does is what a person wants."""
    spark = {"endWithin": _limit(-1), "again": {"attempts": 3}}
    runner = start_runner("spark", spark_step(admin.namespace, attempt=2, spark=spark))
    runner.wait_for_line("created Job")
    pod = kubelet.next_pod(admin.only_job())
    kubelet.run(pod)
    runner.wait_for_line(f"RUNNING: pod {pod}")
    kubelet.fail(pod)

    assert runner.wait() == 10


@pytest.mark.fault(26)
def test_job_about_to_fail_is_said_early_and_waited_for(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """Fault 26: FailureTarget comes while pods still end; only Failed is final."""
    # A finalizer of somebody else's keeps the terminating pod, as a slow shutdown would.
    job = rendered_job(activeDeadlineSeconds=10)
    template = object_at(job, "spec", "template")
    finalizers: list[Json] = ["risk.example/slow-end"]
    template["metadata"] = {"finalizers": finalizers}
    runner = start_runner("spark", spark_step(admin.namespace, spark={"job": job}))
    runner.wait_for_line("created Job")
    name = admin.only_job()
    pod = kubelet.next_pod(name)
    kubelet.run(pod)

    runner.wait_for_line("is about to fail: DeadlineExceeded", 40)
    assert runner.process.poll() is None
    kubelet.fail(pod)
    admin.change(admin.core(f"pods/{pod}"), lambda tree: object_at(tree, "metadata").pop("finalizers"))

    assert runner.wait() == 10
    assert "DeadlineExceeded" in runner.last_line()


@pytest.mark.fault(24)
def test_job_whose_pod_is_gone_still_counts_as_complete(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """Fault 24: the pod was collected before anybody looked; the condition stands."""
    first = start_runner("spark", spark_step(admin.namespace))
    first.wait_for_line("created Job")
    first.process.kill()
    first.wait()
    job = admin.only_job()
    pod = kubelet.next_pod(job)
    kubelet.succeed(pod)
    eventually(lambda: text_at(admin.job(job), "status", "completionTime"), "the Job's completion")
    admin.api.delete(admin.core(f"pods/{pod}"), {})
    eventually(lambda: not kubelet.pods_of(job), "the pod's deletion")

    second = start_runner("spark", spark_step(admin.namespace))

    assert second.wait() == 0


def test_job_that_takes_too_long_is_taken_back(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """The step's own time limit is the application's failure, and nothing keeps running."""
    runner = start_runner("spark", spark_step(admin.namespace, spark={"timeoutSeconds": 10}))
    runner.wait_for_line("created Job")
    kubelet.run(kubelet.next_pod(admin.only_job()))

    assert runner.wait() == 10
    assert "did not end within its 10 s" in runner.last_line()
    eventually(lambda: not admin.jobs(), "the Job's deletion")


@pytest.mark.fault(29)
def test_refused_definition_is_bad_input(admin: Administrator, start_runner: StartRunner) -> None:
    """Fault 29: what the API server calls invalid is for a person to fix."""
    runner = start_runner("spark", spark_step(admin.namespace, spark={"job": rendered_job(parallelism=-1)}))

    assert runner.wait() == 50
    assert "spec.parallelism" in runner.last_line()


@pytest.mark.fault(29)
def test_missing_permission_is_infrastructure(admin: Administrator, start_runner: StartRunner) -> None:
    """Fault 29: the customer side is not applied, or not yet."""
    admin.api.delete(admin.rbac("rolebindings/nightlane"), {})

    runner = start_runner("spark", spark_step(admin.namespace, outageBudgetSeconds=3))

    assert runner.wait() == 20
    assert "forbidden" in runner.last_line()


def test_deadline_is_held_against_the_time_that_a_further_answer_gives(
    admin: Administrator, mounts: Path, gateway: Gateway
) -> None:
    """R5: one answer from a clock that is ahead deletes no healthy Job."""
    step, spark = StepInput(document(spark_step(admin.namespace, spark={"timeoutSeconds": 600}))).spark()
    surroundings = Surroundings(mounts, step)
    cluster = surroundings.context.cluster
    job = cluster.create_job(complete_job(step, spark.job))

    def ahead(passage: Passage) -> None:
        body = b'{"apiVersion": "v1", "kind": "PodList", "items": []}'
        passage.handler.send_response_only(200)
        passage.handler.send_header("Date", "Tue, 31 Mar 2099 20:30:00 GMT")
        passage.handler.send_header("Content-Length", str(len(body)))
        passage.handler.end_headers()
        passage.handler.wfile.write(body)

    gateway.on("GET", "/pods", ahead, times=1)
    cluster.pods("app=risk")
    now = surroundings.api.server_now()
    assert now is not None
    assert now.year == 2099
    progress = JobProgress(
        cluster,
        spark,
        run_identity.selector(step),
        SimpleQueue(),
        lambda _: None,
        lambda _: False,
        surroundings.context.troubles,
        surroundings.log,
    )

    wait = progress.observe(job)

    assert wait is not None
    assert 0 < wait <= 600
