"""The customer's cluster, in the few requests that a runner makes."""

from collections.abc import Mapping
from dataclasses import dataclass

from nightlane_runner.api.answer import of_kind, shortened
from nightlane_runner.api.client import Api
from nightlane_runner.api.errors import ApiRefused, ApiUnknown, NotPermitted
from nightlane_runner.api.pages import listed
from nightlane_runner.api.stream import ApiStream
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.json_tree import JsonObject, objects_at, strings_at, text_at

WATCH_SECONDS = 300
"""The server ends a watch after this long; a new one begins with a fresh list."""

WATCH_SILENCE_SECONDS = 150.0
"""A healthy watch carries a bookmark about every minute, so this much silence means that it is broken."""

LOG_SILENCE_SECONDS = 3600.0
"""A healthy log may be silent for long (TCP keepalive finds dead connections); after this it is opened again."""

_NOT_FOUND = 404
_CONFLICT = 409


@dataclass(frozen=True, slots=True)
class JobReading:
    """What a list contains about one Job.

    Attributes:
        job: the Job, None if there is none with that name.
        resource_version: where a watch resumes from.

    """

    job: RemoteJob | None
    resource_version: str


class Cluster:
    """Requests in one namespace. Reads may raise ApiUnknown, all others ApiRefused, too."""

    def __init__(self, api: Api, namespace: str) -> None:
        self._api = api
        self._namespace = namespace
        self._core = f"/api/v1/namespaces/{namespace}"
        self._leases = f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases"
        self._jobs = f"/apis/batch/v1/namespaces/{namespace}/jobs"

    @property
    def api(self) -> Api:
        """The client underneath."""
        return self._api

    @property
    def place(self) -> str:
        """Where this is, for messages."""
        return f"namespace {self._namespace} at {self._api.server}"

    def read_job(self, name: str) -> JobReading:
        """Read a Job by a list of one: only a list proves an absence, and only from a list can a watch go on."""
        answer = of_kind("JobList", self._read(self._jobs, _named(name)))
        found = [RemoteJob.of(item) for item in objects_at(answer, "items")]
        if any(job.name != name for job in found):
            raise ApiUnknown(_not_asked_for(f"the Job {name}", found[0].name))
        return JobReading(found[0] if found else None, text_at(answer, "metadata", "resourceVersion"))

    def jobs(self, selector: str) -> list[RemoteJob]:
        """List Jobs by label selector."""
        return [RemoteJob.of(item) for item in self._selected("JobList", self._jobs, selector)]

    def watch_job(self, name: str, resource_version: str) -> ApiStream:
        """Watch a Job from a version on."""
        query = {
            **_named(name),
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": resource_version,
            "timeoutSeconds": str(WATCH_SECONDS),
        }
        return self._api.stream(self._jobs, query, WATCH_SILENCE_SECONDS)

    def create_job(self, job: JsonObject) -> RemoteJob:
        """Create a Job."""
        return RemoteJob.of(of_kind("Job", self._api.create(self._jobs, job)))

    def delete_job(self, job: RemoteJob) -> None:
        """Delete this very Job, if it is still there; its name is free only once its pods are gone."""
        self._delete(f"{self._jobs}/{job.name}", job.uid, "Foreground")

    def pods_of_job(self, name: str) -> list[JsonObject]:
        """List the pods that the Job controller made for a Job, by the label that it sets in every release."""
        return self.pods(f"job-name={name}")

    def pods(self, selector: str) -> list[JsonObject]:
        """List pods by label selector."""
        return self._selected("PodList", f"{self._core}/pods", selector)

    def delete_pod(self, pod: JsonObject) -> None:
        """Delete this very pod, if it is still there."""
        name, uid = text_at(pod, "metadata", "name"), text_at(pod, "metadata", "uid")
        self._delete(f"{self._core}/pods/{name}", uid, "Background")

    def events(self, kind: str, name: str) -> list[JsonObject]:
        """List the events about an object."""
        query = {"fieldSelector": f"involvedObject.kind={kind},involvedObject.name={name}"}
        return listed(self._api, "EventList", f"{self._core}/events", query)

    def read_lease(self, name: str) -> JsonObject | None:
        """Read a Lease, None where there is none."""
        try:
            return of_kind("Lease", self._api.get(f"{self._leases}/{name}"))
        except ApiRefused as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    def create_lease(self, lease: JsonObject) -> JsonObject:
        """Create a Lease and return it as it is now."""
        return of_kind("Lease", self._api.create(self._leases, lease))

    def replace_lease(self, lease: JsonObject) -> JsonObject:
        """Replace a Lease, unless somebody else changed it since it was read, and return it as it is now."""
        path = f"{self._leases}/{text_at(lease, 'metadata', 'name')}"
        return of_kind("Lease", self._api.replace(path, lease))

    def log(self, pod: str, container: str, query: Mapping[str, str]) -> ApiStream:
        """Open a container's log."""
        return self._api.stream(f"{self._core}/pods/{pod}/log", {"container": container, **query}, LOG_SILENCE_SECONDS)

    def _selected(self, kind: str, path: str, selector: str) -> list[JsonObject]:
        """List what has all labels of a selector, as `name=value,...`; a list that contains others proves nothing."""
        found = listed(self._api, kind, path, {"labelSelector": selector})
        wanted = dict(requirement.split("=", 1) for requirement in selector.split(","))
        for item in found:
            if not wanted.items() <= strings_at(item, "metadata", "labels").items():
                raise ApiUnknown(_not_asked_for(f"what has {selector}", text_at(item, "metadata", "name")))
        return found

    def _read(self, path: str, query: Mapping[str, str]) -> JsonObject:
        try:
            return self._api.get(path, query)
        except ApiRefused as error:
            raise NotPermitted(error.message) from error

    def _delete(self, path: str, uid: str, propagation: str) -> None:
        options: JsonObject = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": propagation,
            "preconditions": {"uid": uid},
        }
        try:
            self._api.delete(path, options)
        except ApiRefused as error:
            # A conflict means that another object has the name by now: the intended one is gone, too.
            if error.status not in (_NOT_FOUND, _CONFLICT):
                raise


def _not_asked_for(asked: str, got: str) -> str:
    return (
        f"asked for {asked}, got {shortened(got.encode('utf-8', 'replace'))}; have what answers in the API server's "
        "place checked, which does not return what is asked for"
    )


def _named(name: str) -> dict[str, str]:
    return {"fieldSelector": f"metadata.name={name}"}
