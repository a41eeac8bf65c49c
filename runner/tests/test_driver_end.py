"""A step is over once its driver has ended well; what went otherwise, the Job's conditions say (faults 24 and 26)."""

import time
from dataclasses import replace
from typing import Any

import pytest

from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.job.driver_pod import driver_end, has_done_its_work, left_running
from nightlane_runner.job.remote_job import Condition, RemoteJob
from nightlane_runner.json_tree import Json, JsonObject, objects_at, text_at
from tests.support.administrator import Administrator
from tests.support.eventually import eventually
from tests.support.kubelet import Kubelet
from tests.support.log_server import LogServer
from tests.support.logged_step import LoggedStep

_JOB = RemoteJob("nl-revalue", "7", "hash", 1, False, False, False, None, None, 1, None)


@pytest.mark.api_server
def test_driver_that_has_ended_well_is_not_waited_for_any_longer(
    logged_step: LoggedStep, admin: Administrator, kubelet: Kubelet, driver_log: LogServer
) -> None:
    """The pod is said to run on while its node cleans up; the Job's condition comes only after that."""
    running, surroundings, pod = logged_step.start()
    kubelet.end_container(pod)
    driver_log.write("2026-03-31T20:30:00.100000000Z", "last words")
    driver_log.finish()

    assert running.ended() is None
    assert f"driver pod {pod} ended with exit code 0 (Completed)" in surroundings.said()
    assert "driver | last words" in surroundings.said()
    (job,) = admin.jobs()
    assert objects_at(job, "status", "conditions") == []
    assert text_at(job, "metadata", "deletionTimestamp") == ""


@pytest.mark.api_server
@pytest.mark.parametrize(
    "state", [{"running": {"startedAt": "2026-03-31T20:30:00Z"}}, {"terminated": {"exitCode": 1, "reason": "Error"}}]
)
def test_job_that_would_run_again_after_its_work_is_deleted(
    logged_step: LoggedStep, admin: Administrator, kubelet: Kubelet, driver_log: LogServer, state: JsonObject
) -> None:
    """R17: its next pod, after a drain or since a container beside it failed, removes results that later steps read."""
    running, surroundings, pod = logged_step.start()
    kubelet.end_container_beside(pod, state)
    driver_log.write("2026-03-31T20:30:00.100000000Z", "last words")
    driver_log.finish()

    assert running.ended() is None
    assert "was deleted: its work is done" in surroundings.said()
    (job,) = admin.jobs()
    assert text_at(job, "metadata", "deletionTimestamp") != ""


@pytest.mark.api_server
def test_runner_that_comes_after_the_jobs_deletion_knows_that_its_work_was_done(
    logged_step: LoggedStep, kubelet: Kubelet, driver_log: LogServer
) -> None:
    """R17: the runner that deleted it may be ended before it has said so."""
    running, first, pod = logged_step.start()
    kubelet.end_container_beside(pod, {"terminated": {"exitCode": 1, "reason": "Error"}})
    driver_log.write("2026-03-31T20:30:00.100000000Z", "last words")
    driver_log.finish()
    assert running.ended() is None
    assert "was deleted: its work is done" in first.said()

    again, second = logged_step.start_again()

    assert again.ended() is None
    assert "an earlier runner has seen this Job's work done" in second.said()
    assert "created Job" not in second.said()


@pytest.mark.api_server
@pytest.mark.parametrize("limit", ["timeoutSeconds", "endWithin"])
def test_work_that_is_done_is_not_cancelled_at_its_deadline(
    logged_step: LoggedStep, kubelet: Kubelet, limit: str
) -> None:
    """R17: nobody saw its end, because the API server or the runner was away until the time was over."""
    running, first, pod = logged_step.start()
    first.evict()
    running.ended()
    kubelet.end_container_beside(pod, {"running": {"startedAt": "2026-03-31T20:30:00Z"}})

    over = {"timeoutSeconds": 1, "endWithin": {"start": int(time.time()) - 3600, "seconds": 3600}}
    again, second = logged_step.start_again(spark={limit: over[limit]})

    assert again.ended() is None
    assert f"driver pod {pod} ended with exit code 0 (Completed)" in second.said()


@pytest.mark.api_server
@pytest.mark.fault(26)
def test_driver_that_has_ended_badly_is_its_jobs_to_judge(
    logged_step: LoggedStep, kubelet: Kubelet, driver_log: LogServer
) -> None:
    """A container's exit code is not a failed Job: its controller may replace the pod."""
    running, surroundings, pod = logged_step.start()
    kubelet.end_container(pod, 1)
    driver_log.finish()
    eventually(lambda: len(driver_log.since) >= 2, "the log's second opening")
    assert "ended with exit code" not in surroundings.said()
    kubelet.fail(pod)

    end = running.ended()
    assert end is not None
    assert end.code is ExitCode.APPLICATION


@pytest.mark.parametrize(
    ("job", "pod", "done"),
    [
        pytest.param({}, {}, True, id="ended well"),
        pytest.param({"suspended": True}, {}, False, id="Job suspended"),
        pytest.param({"deleting": True}, {}, False, id="Job being deleted"),
        pytest.param({"failing": Condition("DeadlineExceeded", "")}, {}, False, id="Job about to fail"),
        pytest.param({"uid": "8"}, {}, False, id="pod of another Job"),
        pytest.param({}, {"deletionTimestamp": "2026-03-31T20:30:00Z"}, False, id="pod being deleted"),
        pytest.param({}, {"ends": [{"exitCode": 1}]}, False, id="ended badly"),
        pytest.param({}, {"ends": [{}]}, False, id="still running"),
        pytest.param({}, {"ends": []}, False, id="not started"),
        pytest.param({}, {"ends": [{"exitCode": 0}, {}]}, True, id="R17: a container beside it runs on"),
        pytest.param({}, {"ends": [{}, {"exitCode": 0}]}, False, id="R17: only a container beside it has ended"),
        pytest.param({}, {"ends": [{"exitCode": 0}, {"exitCode": 1}]}, True, id="R17: a container beside it failed"),
    ],
)
def test_work_is_done_only_where_the_job_can_but_be_complete(
    job: dict[str, Any], pod: dict[str, Json], done: bool
) -> None:
    """Each of the others is for the Job's conditions to judge."""
    assert has_done_its_work(replace(_JOB, **job), _pod(**pod), "driver") is done


def _pod(ends: Json = None, **metadata: Json) -> JsonObject:
    given: list[Json] = ends if isinstance(ends, list) else [{"exitCode": 0}]
    return {
        "metadata": {"ownerReferences": [{"kind": "Job", "uid": "7"}], **metadata},
        "status": {
            "containerStatuses": [
                {"name": "driver" if number == 0 else f"beside-{number}", "state": _state(end)}
                for number, end in enumerate(given)
            ]
        },
    }


def _state(end: Json) -> JsonObject:
    return {"terminated": end} if end else {"running": {"startedAt": "2026-03-31T20:30:00Z"}}


def test_what_runs_on_beside_the_driver_is_named() -> None:
    """R17: by its name, and the driver's own is not."""
    assert left_running(_pod(ends=[{}, {"exitCode": 0}, {}]), "driver") == ["beside-2"]


def test_a_container_before_the_driver_that_failed_is_quoted() -> None:
    """Of a driver that never ran there is no log; what prepared its pod has said why."""
    pod: JsonObject = {
        "metadata": {"name": "nl-revalue-x"},
        "status": {
            "containerStatuses": [{"name": "driver", "state": {"waiting": {"reason": "PodInitializing"}}}],
            "initContainerStatuses": [
                {
                    "name": "results",
                    "state": {"terminated": {"exitCode": 1, "message": "mkdir: cannot create\ndirectory"}},
                }
            ],
        },
    }
    assert driver_end(pod, "driver") == (
        "container results of pod nl-revalue-x, before the driver, ended with exit code 1: "
        "mkdir: cannot create directory"
    )
    pod["status"] = {"initContainerStatuses": [{"name": "results", "state": {"terminated": {"exitCode": 0}}}]}
    assert driver_end(pod, "driver") == ""
