"""Faults 1, 2, 3, 23 and 27: whose Job it is, and whether it still is there."""

import signal

import pytest

from nightlane_runner.document import run_identity
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.json_tree import number_at, object_at, text_at
from tests.conftest import StartRunner
from tests.support.administrator import Administrator
from tests.support.eventually import eventually
from tests.support.kubelet import Kubelet
from tests.support.running_step import RunningStep
from tests.support.steps import document, rendered_job, spark_step

pytestmark = pytest.mark.api_server


def _job_name(admin: Administrator) -> str:
    step, _ = StepInput(document(spark_step(admin.namespace))).spark()
    return run_identity.job_name(step)


@pytest.mark.fault(1)
def test_killed_runner_is_followed_by_one_that_adopts_the_job(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """Fault 1, R7: the second runner of an attempt finds the Job by its name, and no second Job is made."""
    first = RunningStep.start(admin, kubelet, start_runner)
    first.runner.process.send_signal(signal.SIGKILL)
    first.runner.wait()

    second = start_runner("spark", spark_step(admin.namespace))
    second.wait_for_line("RUNNING")
    kubelet.succeed(first.pod)

    assert second.wait() == 0
    assert "created Job" not in second.said()
    (job,) = admin.jobs()
    assert text_at(job, "metadata", "uid") in second.said()


@pytest.mark.fault(2)
def test_runner_that_died_before_remembering_its_job_is_followed_by_one_that_adopts_it(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """Fault 2: the Job is there, nothing is remembered, the hash is equal."""
    first = start_runner("spark", spark_step(admin.namespace))
    first.wait_for_line("created Job")
    pod = kubelet.next_pod(_job_name(admin))
    first.process.send_signal(signal.SIGKILL)
    first.wait()
    (first.places.results / "night/2026-03-31/run-1/var-es.attempts/attempt-1.json").unlink()

    second = start_runner("spark", spark_step(admin.namespace))
    second.wait_for_line("found Job")
    kubelet.succeed(pod)

    assert second.wait() == 0
    assert len(admin.jobs()) == 1


@pytest.mark.fault(2)
def test_existing_job_of_another_definition_is_left_alone(admin: Administrator, start_runner: StartRunner) -> None:
    """Fault 2: another hash under this name fails loudly."""
    first = start_runner("spark", spark_step(admin.namespace))
    first.wait_for_line("created Job")
    first.process.kill()
    first.wait()

    other = spark_step(admin.namespace, spark={"job": rendered_job(activeDeadlineSeconds=7200)})
    second = start_runner("spark", other)

    assert second.wait() == 50
    assert "was made from another definition" in second.last_line()
    assert len(admin.jobs()) == 1


def test_foreign_job_under_our_name_is_left_alone(admin: Administrator, start_runner: StartRunner) -> None:
    """Fault 2: a Job without Nightlane's annotations is not Nightlane's, whatever it is called."""
    job = rendered_job()
    object_at(job, "metadata")["name"] = _job_name(admin)
    admin.api.create(admin.batch("jobs"), job)

    runner = start_runner("spark", spark_step(admin.namespace))

    assert runner.wait() == 50
    assert "is not Nightlane's" in runner.last_line()


@pytest.mark.fault(3)
def test_job_of_another_uid_is_lost(admin: Administrator, start_runner: StartRunner) -> None:
    """Fault 3: the name was used again between two runners, even with an equal definition."""
    first = start_runner("spark", spark_step(admin.namespace))
    first.wait_for_line("PENDING")  # by then the Job is remembered
    first.process.kill()
    first.wait()
    (job,) = admin.jobs()
    _replace_job(admin)

    second = start_runner("spark", spark_step(admin.namespace))

    assert second.wait() == 30
    assert f"instead of {text_at(job, 'metadata', 'uid')}" in second.last_line()


@pytest.mark.fault(3)
def test_job_replaced_while_it_is_followed_is_lost(admin: Administrator, start_runner: StartRunner) -> None:
    """Fault 3: the same while the runner watches. The replacement is not touched."""
    runner = start_runner("spark", spark_step(admin.namespace))
    runner.wait_for_line("created Job")
    runner.process.send_signal(signal.SIGSTOP)
    _replace_job(admin)
    runner.process.send_signal(signal.SIGCONT)

    assert runner.wait() == 30
    assert "was replaced" in runner.last_line()
    assert len(admin.jobs()) == 1


@pytest.mark.fault(23)
def test_job_deleted_while_it_is_followed_is_lost(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """Fault 23: a Job that vanishes never counts as success."""
    step = RunningStep.start(admin, kubelet, start_runner)

    admin.delete_job(step.job)

    assert step.runner.wait() == 30
    assert "before its end was read" in step.runner.last_line()


@pytest.mark.fault(23)
def test_job_deleted_between_two_runners_is_lost_and_not_started_again(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """Fault 23: completed and cleaned away by its time to live, before anybody read how it ended."""
    first = start_runner("spark", spark_step(admin.namespace))
    first.wait_for_line("PENDING")  # by then the Job is remembered
    kubelet.succeed(kubelet.next_pod(_job_name(admin)))
    first.process.kill()
    first.wait()
    admin.delete_job(_job_name(admin))
    eventually(lambda: not admin.jobs(), "the Job's deletion")

    second = start_runner("spark", spark_step(admin.namespace))

    assert second.wait() == 30
    assert not admin.jobs()


@pytest.mark.fault(27)
def test_long_names_are_shortened_and_stay_distinct(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """Fault 27: the API server takes the name and labels, Spark the prefix, and the identity stays readable."""
    long_name = "a-very-long-step-name-as-somebody-will-write-it-one-day-" * 2 + "x"
    steps = [spark_step(admin.namespace, step=f"{long_name}{end}") for end in ("1", "2")]
    runners = [start_runner("spark", step) for step in steps]
    for runner in runners:
        runner.wait_for_line("created Job")

    jobs = admin.jobs()
    names = {text_at(job, "metadata", "name") for job in jobs}
    assert len(names) == 2
    assert all(len(name) <= 41 for name in names)
    full = {text_at(job, "metadata", "annotations", "nightlane/step") for job in jobs}
    assert full == {f"{long_name}1", f"{long_name}2"}
    for name in names:
        assert len(kubelet.next_pod(name)) <= 63
    assert all(number_at(job, "spec", "backoffLimit") == 0 for job in jobs)


def _replace_job(admin: Administrator) -> None:
    (job,) = admin.jobs()
    name = text_at(job, "metadata", "name")
    again = rendered_job()
    object_at(again, "metadata").update(
        name=name, annotations=object_at(job, "metadata", "annotations"), labels=object_at(job, "metadata", "labels")
    )
    admin.delete_job(name)
    eventually(lambda: not admin.jobs(), "the Job's deletion")
    admin.api.create(admin.batch("jobs"), again)
