"""The pod of a Job's driver, as the customer's cluster describes it."""

from nightlane_runner.document.further_attempts import ProgramEnd
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.json_tree import JsonObject, number_at, object_at, objects_at, text_at


def newest_pod(pods: list[JsonObject]) -> JsonObject | None:
    """Return a Job's youngest pod, None if it has none."""
    return max(pods, key=_age_rank, default=None)


def has_done_its_work(job: RemoteJob, pod: JsonObject, container: str) -> bool:
    """Whether the driver's container has ended in such a way that its Job can only become complete.

    Kubernetes needs two more seconds: the kubelet makes sure that the pod's containers are gone before it calls
    the pod Succeeded, and the Job's controller gathers changes for a second. If somebody has put a container beside
    the driver that does not end, it never completes. For a Job that is suspended, deleted or about to fail, that is for
    its conditions to decide.
    """
    if job.suspended or job.deleting or job.failing is not None or text_at(pod, "metadata", "deletionTimestamp"):
        return False
    return _owned(job, pod) and _is_good(_end_of(pod, container))


def is_over(pod: JsonObject) -> bool:
    """Whether a pod has ended."""
    return text_at(pod, "status", "phase") in ("Succeeded", "Failed")


def driver_runs(pod: JsonObject, container: str) -> bool:
    """Whether the driver's container runs, whatever else is in its pod."""
    return bool(object_at(_status_of(pod, container), "state", "running"))


def left_running(pod: JsonObject, container: str) -> list[str]:
    """Return the containers beside the driver's that still run."""
    known = objects_at(pod, "status", "containerStatuses")
    return [name for one in known if (name := text_at(one, "name")) != container and object_at(one, "state", "running")]


def will_succeed(pod: JsonObject) -> bool:
    """Whether each of a pod's containers has ended well, so that nothing makes its Job start another pod."""
    known = objects_at(pod, "status", "containerStatuses")
    return all(_is_good(object_at(one, "state", "terminated")) for one in known)


def _status_of(pod: JsonObject, container: str) -> JsonObject:
    known = objects_at(pod, "status", "containerStatuses")
    return next((status for status in known if text_at(status, "name") == container), {})


def _end_of(pod: JsonObject, container: str) -> JsonObject:
    return object_at(_status_of(pod, container), "state", "terminated")


def driver_end(pod: JsonObject, container: str) -> str:
    """Return how a pod's driver ended, "" while it has not."""
    terminated = _end_of(pod, container)
    if not terminated:
        return _preparation_end(pod)
    code, reason = number_at(terminated, "exitCode"), text_at(terminated, "reason")
    name = text_at(pod, "metadata", "name")
    return f"driver pod {name} ended with exit code {code}{f' ({reason})' if reason else ''}"


def first_failure(job: RemoteJob, pods: list[JsonObject], container: str) -> ProgramEnd | None:
    """Return how the program ended that made its Job fail, None if the Job failed for another reason.

    Of several pods, the first that failed counts; the others were ended for it. A pod that was evicted or lost its
    node reveals nothing about its program, and neither does one in which the program has not begun.
    """
    if job.failed is None or job.failed.reason != "BackoffLimitExceeded":
        return None
    failed = [
        (text_at(end, "finishedAt"), text_at(pod, "metadata", "deletionTimestamp"), number_at(end, "exitCode"), end)
        for pod in pods
        if _owned(job, pod) and not _was_disrupted(pod)
        if (end := _end_of(pod, container)) and not _is_good(end)
    ]
    if not failed:
        return None
    _, _, code, end = min(failed, key=lambda one: one[:3])
    return ProgramEnd(code, text_at(end, "reason"))


def _owned(job: RemoteJob, pod: JsonObject) -> bool:
    return job.uid in [text_at(owner, "uid") for owner in objects_at(pod, "metadata", "ownerReferences")]


def _was_disrupted(pod: JsonObject) -> bool:
    conditions = objects_at(pod, "status", "conditions")
    return any(text_at(one, "type") == "DisruptionTarget" and text_at(one, "status") == "True" for one in conditions)


def _preparation_end(pod: JsonObject) -> str:
    """Return how a container that prepares a pod has failed, "" if none has: then the driver has not begun."""
    for status in objects_at(pod, "status", "initContainerStatuses"):
        ended = object_at(status, "state", "terminated")
        if number_at(ended, "exitCode"):
            said = " ".join(text_at(ended, "message").split())[-300:]
            name = f"{text_at(status, 'name')} of pod {text_at(pod, 'metadata', 'name')}"
            return f"container {name}, before the driver, ended with exit code {number_at(ended, 'exitCode')}: {said}"
    return ""


def _is_good(end: JsonObject) -> bool:
    return bool(end) and number_at(end, "exitCode") == 0


def _age_rank(pod: JsonObject) -> tuple[bool, str]:
    """Order pods by age; timestamps have whole seconds, and of two in one second the living one is newer."""
    return not is_over(pod), text_at(pod, "metadata", "creationTimestamp")
