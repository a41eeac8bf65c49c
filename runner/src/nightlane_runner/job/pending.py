"""Why a Job's pod does not run, and since when: the states in which Kubernetes itself would wait permanently."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from nightlane_runner.job.driver_pod import is_over
from nightlane_runner.job.remote_job import RemoteJob, parsed_time
from nightlane_runner.json_tree import JsonObject, flag_at, objects_at, text_at
from nightlane_runner.message_limits import without_middle

_PULL_FAILURES = frozenset(
    {
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "ErrImageNeverPull",
        "ImageInspectError",
        "RegistryUnavailable",
        "SignatureValidationFailed",
    }
)

_DETAIL_BYTES = 1000
_EVENT_BYTES = 400
"""Limit for an object's own message, and for each event, in a sentence: a large cluster has many taints."""


class Waiting(Enum):
    """What a Job without a running pod waits for."""

    NO_POD = "no pod could be created"
    UNSCHEDULABLE = "no node takes the pod"
    IMAGE_PULL = "the image cannot be pulled"
    STARTING = "the pod is being started"
    NODE_SILENT = "the driver's node does not answer"
    LEAVING = "the driver's pod is being deleted, and no other is made before it is gone; its node may be lost"


@dataclass(frozen=True, slots=True)
class Pending:
    """One diagnosis.

    Attributes:
        waiting: what is waited for.
        since: since when, by the remote clock; None if the cluster does not report it.
        subject_kind: kind of the object whose events explain more: Job or Pod.
        subject_name: its name.
        detail: what the object itself says, "" for nothing.

    """

    waiting: Waiting
    since: datetime | None
    subject_kind: str
    subject_name: str
    detail: str

    def __str__(self) -> str:
        detail = without_middle(self.detail, _DETAIL_BYTES)
        return f"{self.waiting.value}: {detail}" if detail else self.waiting.value


def diagnose(job: RemoteJob, pods: list[JsonObject], without_pod_since: datetime | None) -> Pending | None:
    """Return why the Job does not run, None if one of its pods runs, or ran to its end.

    Args:
        job: the Job.
        pods: its pods.
        without_pod_since: since when it is known to have none that has not ended, if it has none.

    """
    if job.suspended:
        return None
    if not pods:
        return Pending(Waiting.NO_POD, without_pod_since, "Job", job.name, "")
    alive = [pod for pod in pods if not text_at(pod, "metadata", "deletionTimestamp")]
    if not alive:
        return _leaving(pods)
    if all(is_over(pod) for pod in alive):
        return _not_replaced(job, max(alive, key=_creation), without_pod_since)
    pod = max(alive, key=_creation)
    phase = text_at(pod, "status", "phase")
    name = text_at(pod, "metadata", "name")
    if phase == "Running":
        return _on_silent_node(pod, name)
    if phase not in ("", "Pending"):
        return None
    created = parsed_time(_creation(pod))
    scheduled = _condition(pod, "PodScheduled")
    if text_at(scheduled, "status") == "False":
        return Pending(Waiting.UNSCHEDULABLE, created, "Pod", name, text_at(scheduled, "message"))
    if failure := _pull_failure(pod):
        since = parsed_time(text_at(scheduled, "lastTransitionTime")) or created
        return Pending(Waiting.IMAGE_PULL, since, "Pod", name, failure)
    return Pending(Waiting.STARTING, created, "Pod", name, "")


def _not_replaced(job: RemoteJob, pod: JsonObject, since: datetime | None) -> Pending | None:
    """Return the pod that has failed though its Job has not: evicted, it stays, and another one should be there."""
    if job.failing is not None or text_at(pod, "status", "phase") != "Failed":
        return None
    detail = f"pod {text_at(pod, 'metadata', 'name')} has failed, and no other one has taken its place"
    return Pending(Waiting.NO_POD, since, "Job", job.name, detail)


def _leaving(pods: list[JsonObject]) -> Pending | None:
    """Return the pod that is being deleted and has not ended. The controller replaces one that has ended."""
    unended = [pod for pod in pods if text_at(pod, "status", "phase") not in ("Succeeded", "Failed")]
    if not unended:
        return None
    pod = max(unended, key=_creation)
    name, node = text_at(pod, "metadata", "name"), text_at(pod, "spec", "nodeName")
    since = parsed_time(text_at(pod, "metadata", "deletionTimestamp"))
    return Pending(Waiting.LEAVING, since, "Pod", name, f"pod {name} on node {node or 'unknown'}")


def _on_silent_node(pod: JsonObject, name: str) -> Pending | None:
    """Return the pod whose node has stopped reporting: the cluster calls it unready, its kubelet never did."""
    ready = _condition(pod, "Ready")
    containers = objects_at(pod, "status", "containerStatuses")
    if text_at(ready, "status") != "False" or not containers:
        return None
    if not all(flag_at(container, "ready") for container in containers):
        return None
    since = parsed_time(text_at(ready, "lastTransitionTime"))
    return Pending(
        Waiting.NODE_SILENT, since, "Pod", name, f"pod {name} on node {text_at(pod, 'spec', 'nodeName') or 'unknown'}"
    )


def event_texts(events: list[JsonObject], most: int = 3) -> str:
    """Return the newest warnings among events as one text, "" if there is none."""
    warnings = sorted((event for event in events if text_at(event, "type") == "Warning"), key=_last_seen, reverse=True)
    texts = dict.fromkeys(f"{text_at(event, 'reason')}: {text_at(event, 'message')}" for event in warnings)
    return "; ".join(without_middle(text, _EVENT_BYTES) for text in list(texts)[:most])


def _pull_failure(pod: JsonObject) -> str:
    for kind in ("initContainerStatuses", "containerStatuses"):
        for container in objects_at(pod, "status", kind):
            reason = text_at(container, "state", "waiting", "reason")
            if reason in _PULL_FAILURES:
                return f"{reason} {text_at(container, 'state', 'waiting', 'message')}".strip()
    return ""


def _creation(pod: JsonObject) -> str:
    return text_at(pod, "metadata", "creationTimestamp")


def _condition(pod: JsonObject, kind: str) -> JsonObject:
    for condition in objects_at(pod, "status", "conditions"):
        if text_at(condition, "type") == kind:
            return condition
    return {}


def _last_seen(event: JsonObject) -> str:
    series = text_at(event, "series", "lastObservedTime")
    stamps = (series, text_at(event, "lastTimestamp"), text_at(event, "eventTime"), text_at(event, "firstTimestamp"))
    return next((stamp for stamp in stamps if stamp), text_at(event, "metadata", "creationTimestamp"))
