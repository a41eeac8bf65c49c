"""Retry and restart: exactly one attempt of a step runs."""

import pytest

from nightlane_runner.document.step_input import StepInput
from nightlane_runner.job.manifest import complete_job
from nightlane_runner.json_tree import Json, object_at, text_at
from tests.conftest import StartRunner
from tests.support.administrator import Administrator
from tests.support.eventually import eventually
from tests.support.gateway import Gateway, Passage
from tests.support.kubelet import Kubelet
from tests.support.steps import document, rendered_job, spark_step

pytestmark = pytest.mark.api_server


def test_attempt_that_was_given_up_is_ended_before_the_next_one_starts(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """Its driver takes its time to end, and the next attempt waits for it."""
    slow = rendered_job()
    finalizers: list[Json] = ["risk.example/slow-end"]
    object_at(slow, "spec", "template")["metadata"] = {"finalizers": finalizers}
    first = _create(admin, attempt=1, job=slow)
    pod = kubelet.next_pod(first)
    kubelet.run(pod)

    runner = start_runner("spark", spark_step(admin.namespace, attempt=2))
    runner.wait_for_line(f"Job {first} of attempt 1 still runs; it is deleted first")
    eventually(lambda: text_at(_pod(admin, pod), "metadata", "deletionTimestamp"), "the deletion of the first driver")
    assert "created Job" not in runner.said()
    kubelet.fail(pod, 143)
    admin.change(admin.core(f"pods/{pod}"), lambda tree: object_at(tree, "metadata").pop("finalizers"))

    runner.wait_for_line("created Job")
    (job,) = [job for job in admin.jobs() if not text_at(job, "metadata", "deletionTimestamp")]
    kubelet.succeed(kubelet.next_pod(text_at(job, "metadata", "name")))
    assert runner.wait() == 0


def test_list_that_a_gateway_answers_says_nothing_of_earlier_attempts(
    admin: Administrator, kubelet: Kubelet, gateway: Gateway, start_runner: StartRunner
) -> None:
    """Its page of maintenance is JSON and comes with 200: no second attempt starts beside the first for it."""
    first = _create(admin, attempt=1, job=rendered_job())
    pod = kubelet.next_pod(first)
    kubelet.run(pod)
    met = gateway.on(
        "GET", "labelSelector=", lambda passage: passage.answer(200, b'{"status": "maintenance"}'), times=3
    )

    runner = start_runner("spark", spark_step(admin.namespace, attempt=2))
    runner.wait_for_line(f"Job {first} of attempt 1 still runs; it is deleted first")

    assert met() == 3
    assert "expected a JobList, got no kind" in runner.said()
    assert "created Job" not in runner.said().partition("it is deleted first")[0]


def test_later_attempt_is_left_alone(admin: Administrator, kubelet: Kubelet, start_runner: StartRunner) -> None:
    """A runner that comes late must not end what replaced it."""
    third = _create(admin, attempt=3, job=rendered_job())

    runner = start_runner("spark", spark_step(admin.namespace, attempt=2))
    runner.wait_for_line("created Job")

    assert len(admin.jobs()) == 2
    assert admin.job(third) is not None
    (second,) = [name for job in admin.jobs() if (name := text_at(job, "metadata", "name")) != third]
    kubelet.succeed(kubelet.next_pod(second))
    assert runner.wait() == 0


def test_attempt_whose_runner_stood_still_starts_nothing_once_the_next_one_has_begun(
    admin: Administrator, kubelet: Kubelet, gateway: Gateway, start_runner: StartRunner
) -> None:
    """R2: the next attempt has ended what it found, and would not see a Job that comes into being later."""
    step, job = StepInput(document(spark_step(admin.namespace))).spark()
    name = text_at(complete_job(step, job.job), "metadata", "name").encode()

    def refuse_first(passage: Passage) -> None:
        if name in passage.body:
            passage.refuse(503, "ServiceUnavailable", "etcd has no leader")
        else:
            passage.forward()

    met = gateway.on("POST", "/jobs$", refuse_first)
    first = start_runner("spark", spark_step(admin.namespace))
    eventually(lambda: met() > 0, "a request for the first attempt's Job")

    second = start_runner("spark", spark_step(admin.namespace, attempt=2))
    second.wait_for_line("created Job")

    assert first.wait() == 143
    assert "Attempt 2 of step var-es has begun, so attempt 1 starts nothing" in first.last_line()
    kubelet.succeed(kubelet.next_pod(admin.only_job()))
    assert second.wait() == 0


def test_ended_attempt_is_kept_for_whoever_looks_into_it(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """A failed Job runs nothing, and says why it failed until its time is up."""
    first = start_runner("spark", spark_step(admin.namespace))
    first.wait_for_line("created Job")
    (job,) = admin.jobs()
    failed = text_at(job, "metadata", "name")
    kubelet.fail(kubelet.next_pod(failed))
    assert first.wait() == 10

    start_runner("spark", spark_step(admin.namespace, attempt=2)).wait_for_line("created Job")

    assert admin.job(failed) is not None


def _create(admin: Administrator, attempt: int, job: dict[str, Json]) -> str:
    step, _ = StepInput(document(spark_step(admin.namespace, attempt=attempt))).spark()
    return text_at(admin.api.create(admin.batch("jobs"), complete_job(step, job)), "metadata", "name")


def _pod(admin: Administrator, name: str) -> dict[str, Json]:
    return admin.api.get(admin.core(f"pods/{name}"))
