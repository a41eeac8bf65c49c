"""A Job in the customer's cluster, reduced to what a runner bases decisions on."""

from dataclasses import dataclass
from datetime import datetime

from nightlane_runner.document.run_identity import ATTEMPT
from nightlane_runner.job.manifest import SPEC_HASH
from nightlane_runner.json_tree import JsonObject, flag_at, number_at, objects_at, strings_at, text_at

QUEUE = "kueue.x-k8s.io/queue-name"
"""Label by which Kueue knows a Job's queue: it suspends the Job and resumes it when there is room."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that holds: the controller's reason and sentence."""

    reason: str
    message: str

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}" if self.message else self.reason


@dataclass(frozen=True, slots=True)
class RemoteJob:
    """One observation of a Job.

    Attributes:
        name: its name.
        uid: which Job with that name it is.
        spec_hash: the hash it was created with, "" for a Job that is not Nightlane's.
        attempt: the attempt it belongs to, 0 for a Job that is not Nightlane's.
        deleting: somebody is deleting it.
        suspended: somebody suspended it, and its pods are gone; or it was resumed and its controller has not begun
            again yet, so that `began` still is from the time before.
        complete: it succeeded, finally.
        failed: why it failed, finally; None while it has not.
        failing: why it is about to fail, before its pods are gone.
        ready_pods: how many of its pods run.
        began: when the controller began to make its pods, by the remote clock; a resumed Job starts over.
        queue: the queue that decides when it may run, "" if none is named.
        version: which state of it this is; only for comparison with others.

    """

    name: str
    uid: str
    spec_hash: str
    attempt: int
    deleting: bool
    suspended: bool
    complete: bool
    failed: Condition | None
    failing: Condition | None
    ready_pods: int
    began: datetime | None
    queue: str = ""
    version: str = ""

    @property
    def ended(self) -> bool:
        """Whether it has a final condition."""
        return self.complete or self.failed is not None

    @staticmethod
    def of(job: JsonObject) -> "RemoteJob":
        """Read a Job object."""
        annotations = strings_at(job, "metadata", "annotations")
        attempt = annotations.get(ATTEMPT, "")
        began = text_at(job, "status", "startTime") or text_at(job, "metadata", "creationTimestamp")
        return RemoteJob(
            name=text_at(job, "metadata", "name"),
            uid=text_at(job, "metadata", "uid"),
            spec_hash=annotations.get(SPEC_HASH, ""),
            attempt=int(attempt) if attempt.isdecimal() else 0,
            deleting=text_at(job, "metadata", "deletionTimestamp") != "",
            suspended=flag_at(job, "spec", "suspend") or _condition(job, "Suspended") is not None,
            complete=_condition(job, "Complete") is not None,
            failed=_condition(job, "Failed"),
            failing=_condition(job, "FailureTarget"),
            ready_pods=number_at(job, "status", "ready"),
            began=parsed_time(began),
            queue=strings_at(job, "metadata", "labels").get(QUEUE, ""),
            version=text_at(job, "metadata", "resourceVersion"),
        )


def parsed_time(stamp: str) -> datetime | None:
    """Return a Kubernetes timestamp, None if there is none."""
    try:
        return datetime.fromisoformat(stamp)
    except ValueError:
        return None


def _condition(job: JsonObject, kind: str) -> Condition | None:
    for condition in objects_at(job, "status", "conditions"):
        if text_at(condition, "type") == kind and text_at(condition, "status") == "True":
            return Condition(text_at(condition, "reason"), text_at(condition, "message"))
    return None
