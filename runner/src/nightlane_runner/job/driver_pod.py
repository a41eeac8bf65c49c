"""The pod of a Job's driver, as the customer's cluster describes it."""

from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.json_tree import JsonObject, number_at, object_at, objects_at, text_at


def newest_pod(pods: list[JsonObject]) -> JsonObject | None:
    """Return a Job's youngest pod, None where it has none."""
    return max(pods, key=_age_rank, default=None)


def has_done_its_work(job: RemoteJob, pod: JsonObject) -> bool:
    """Whether a pod has ended so well that its Job can only become complete.

    That takes Kubernetes two seconds more: the kubelet makes sure that the pod's containers are gone before it calls
    the pod Succeeded, and the Job's controller gathers changes for a second. For a Job that is suspended, deleted or
    about to fail, this is for its conditions to say.
    """
    if job.suspended or job.deleting or job.failing is not None or text_at(pod, "metadata", "deletionTimestamp"):
        return False
    owners = [text_at(owner, "uid") for owner in objects_at(pod, "metadata", "ownerReferences")]
    declared, known = objects_at(pod, "spec", "containers"), objects_at(pod, "status", "containerStatuses")
    ends = [object_at(container, "state", "terminated") for container in known]
    return job.uid in owners and len(ends) == len(declared) > 0 and all(_is_good(end) for end in ends)


def driver_end(pod: JsonObject) -> str:
    """Return how a pod's driver ended, "" while it has not."""
    name = text_at(pod, "metadata", "name")
    for status in objects_at(pod, "status", "containerStatuses"):
        terminated = object_at(status, "state", "terminated")
        if terminated:
            code, reason = number_at(terminated, "exitCode"), text_at(terminated, "reason")
            return f"driver pod {name} ended with exit code {code}{f' ({reason})' if reason else ''}"
    return ""


def _is_good(end: JsonObject) -> bool:
    return bool(end) and number_at(end, "exitCode") == 0


def _age_rank(pod: JsonObject) -> tuple[bool, str]:
    """Order pods by age; timestamps have whole seconds, and of two in one second the living one is newer."""
    alive = text_at(pod, "status", "phase") not in ("Succeeded", "Failed")
    return alive, text_at(pod, "metadata", "creationTimestamp")
