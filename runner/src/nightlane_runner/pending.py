"""Why a Job's pod does not run yet, and since when: the states in which Kubernetes itself would wait for ever."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from nightlane_runner.json_tree import JsonObject, objects_at, text_at
from nightlane_runner.remote_job import RemoteJob, parsed_time

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


class Trouble(Enum):
    """What a pending Job waits for."""

    NO_POD = "no pod could be created"
    UNSCHEDULABLE = "no node takes the pod"
    IMAGE_PULL = "the image cannot be pulled"
    STARTING = "the pod is being started"


@dataclass(frozen=True, slots=True)
class Pending:
    """One diagnosis.

    Attributes:
        trouble: what is waited for.
        since: since when, by the remote clock; None where the cluster does not say.
        subject_kind: kind of the object whose events tell more: Job or Pod.
        subject_name: its name.
        detail: what the object itself says, "" for nothing.

    """

    trouble: Trouble
    since: datetime | None
    subject_kind: str
    subject_name: str
    detail: str

    def __str__(self) -> str:
        return f"{self.trouble.value}: {self.detail}" if self.detail else self.trouble.value


def diagnose(job: RemoteJob, pods: list[JsonObject]) -> Pending | None:
    """Return why the Job does not run, None where one of its pods runs or ran."""
    if job.suspended:
        return None
    alive = [pod for pod in pods if not text_at(pod, "metadata", "deletionTimestamp")]
    if not alive:
        # A pod that failed or is on its way out is replaced by the controller in its own time.
        return None if pods else Pending(Trouble.NO_POD, job.began, "Job", job.name, "")
    pod = max(alive, key=lambda candidate: text_at(candidate, "metadata", "creationTimestamp"))
    if text_at(pod, "status", "phase") not in ("", "Pending"):
        return None
    name = text_at(pod, "metadata", "name")
    created = parsed_time(text_at(pod, "metadata", "creationTimestamp"))
    scheduled = _condition(pod, "PodScheduled")
    if text_at(scheduled, "status") == "False":
        return Pending(Trouble.UNSCHEDULABLE, created, "Pod", name, text_at(scheduled, "message"))
    if failure := _pull_failure(pod):
        since = parsed_time(text_at(scheduled, "lastTransitionTime")) or created
        return Pending(Trouble.IMAGE_PULL, since, "Pod", name, failure)
    return Pending(Trouble.STARTING, created, "Pod", name, "")


def event_texts(events: list[JsonObject], most: int = 3) -> str:
    """Return the newest warnings among events as one text, "" where there is none."""
    warnings = sorted((event for event in events if text_at(event, "type") == "Warning"), key=_last_seen, reverse=True)
    texts = dict.fromkeys(f"{text_at(event, 'reason')}: {text_at(event, 'message')}" for event in warnings)
    return "; ".join(list(texts)[:most])


def _pull_failure(pod: JsonObject) -> str:
    for kind in ("initContainerStatuses", "containerStatuses"):
        for container in objects_at(pod, "status", kind):
            reason = text_at(container, "state", "waiting", "reason")
            if reason in _PULL_FAILURES:
                return f"{reason} {text_at(container, 'state', 'waiting', 'message')}".strip()
    return ""


def _condition(pod: JsonObject, kind: str) -> JsonObject:
    for condition in objects_at(pod, "status", "conditions"):
        if text_at(condition, "type") == kind:
            return condition
    return {}


def _last_seen(event: JsonObject) -> str:
    series = text_at(event, "series", "lastObservedTime")
    stamps = (series, text_at(event, "lastTimestamp"), text_at(event, "eventTime"), text_at(event, "firstTimestamp"))
    return next((stamp for stamp in stamps if stamp), text_at(event, "metadata", "creationTimestamp"))
