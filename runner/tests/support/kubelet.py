"""Plays the kubelet: there is no node behind the test's API server, so pods do what a test says."""

from datetime import UTC, datetime

from nightlane_runner.job.remote_job import parsed_time
from nightlane_runner.json_tree import Json, JsonObject, object_at, objects_at, text_at
from tests.support.administrator import Administrator
from tests.support.eventually import eventually

_STAMP = "2026-03-31T20:30:00Z"


class Kubelet:
    """Reports states of pods in one namespace."""

    def __init__(self, admin: Administrator) -> None:
        self._admin = admin

    def pods_of(self, job: str) -> list[JsonObject]:
        """List a Job's pods, oldest first."""
        answer = self._admin.api.get(self._admin.core("pods"), {"labelSelector": f"batch.kubernetes.io/job-name={job}"})
        return sorted(objects_at(answer, "items"), key=lambda pod: text_at(pod, "metadata", "creationTimestamp"))

    def next_pod(self, job: str, known: tuple[str, ...] = ()) -> str:
        """Return the name of a pod that the Job controller made, other than those known or on their way out."""

        def look() -> str | None:
            pods = [pod for pod in self.pods_of(job) if not text_at(pod, "metadata", "deletionTimestamp")]
            return next((name for pod in pods if (name := _name(pod)) not in known), None)

        return eventually(look, f"a new pod of Job {job}")

    def run(self, pod: str) -> None:
        """Let the pod run."""
        self._report(
            pod,
            {
                "phase": "Running",
                "conditions": [_condition("PodScheduled", "True"), _condition("Ready", "True")],
                "containerStatuses": [_container({"running": {"startedAt": _STAMP}}, ready=True)],
            },
        )

    def run_beside_what_is_not_ready(self, pod: str) -> None:
        """Let the pod's container run beside another one, which somebody else has put there and which is not Ready."""
        running: JsonObject = {"running": {"startedAt": _STAMP}}
        self._report(
            pod,
            {
                "phase": "Running",
                "conditions": [_condition("PodScheduled", "True"), _condition("Ready", "False")],
                "containerStatuses": [
                    _container(running, ready=True),
                    {**_container(running, ready=False), "name": "beside"},
                ],
            },
        )

    def succeed(self, pod: str) -> None:
        """Let the pod end well."""
        self._end(pod, "Succeeded", 0, "Completed")

    def end_container(self, pod: str, code: int = 0) -> None:
        """Let the pod's container end, of a pod that is not said to have ended yet: its node still cleans up."""
        self._end(pod, "Running", code, "Completed" if code == 0 else "Error")

    def end_container_beside(self, pod: str, state: JsonObject) -> None:
        """Let the pod's container end well beside another one, which somebody else has put there, in a state."""
        self.end_container(pod)
        beside = {**_container(state, ready="running" in state), "name": "beside"}
        ended = objects_at(self._admin.api.get(self._admin.core(f"pods/{pod}")), "status", "containerStatuses")
        self._report(pod, {"containerStatuses": [*ended, beside]})

    def fail(self, pod: str, code: int = 1, reason: str = "Error") -> None:
        """Let the pod end badly."""
        self._end(pod, "Failed", code, reason)

    def evict(self, pod: str) -> None:
        """Let the pod end because its node is drained: by the signal, and with the condition that says why."""
        disrupted = {**_condition("DisruptionTarget", "True"), "reason": "EvictionByEvictionAPI"}
        self._end(pod, "Failed", 143, "Error", disrupted)

    def fail_to_pull(self, pod: str, message: str, scheduled: str) -> None:
        """Report that the image cannot be pulled, of a pod scheduled at that time."""
        self._report(
            pod,
            {
                "phase": "Pending",
                "conditions": [_condition("PodScheduled", "True", since=scheduled)],
                "containerStatuses": [
                    _container({"waiting": {"reason": "ImagePullBackOff", "message": message}}, ready=False)
                ],
            },
        )

    def refuse_to_schedule(self, pod: str, message: str) -> None:
        """Report, as the scheduler would, that no node takes the pod."""
        condition = {**_condition("PodScheduled", "False"), "reason": "Unschedulable", "message": message}
        self._report(pod, {"phase": "Pending", "conditions": [condition]})

    def fall_silent(self, pod: str) -> None:
        """Let the pod's node stop reporting: the cluster calls the pod unready, its containers stay as they were."""
        self._report(
            pod,
            {
                "phase": "Running",
                "conditions": [_condition("PodScheduled", "True"), _condition("Ready", "False", since=self.now())],
                "containerStatuses": [_container({"running": {"startedAt": _STAMP}}, ready=True)],
            },
        )

    def start_executor(self, name: str, driver: str) -> None:
        """Make an executor's pod as Spark does, for a driver's pod."""
        owner = self._admin.api.get(self._admin.core(f"pods/{driver}"))
        reference: JsonObject = {
            "apiVersion": "v1",
            "kind": "Pod",
            "name": driver,
            "uid": text_at(owner, "metadata", "uid"),
        }
        self._admin.api.create(
            self._admin.core("pods"),
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": name, "labels": {"spark-role": "executor"}, "ownerReferences": [reference]},
                "spec": {"containers": [{"name": "driver", "image": "registry.example/risk"}]},
            },
        )

    def warn(self, pod: str, reason: str, message: str) -> None:
        """Record a warning event about the pod."""
        self._admin.api.create(
            self._admin.core("events"),
            {
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"generateName": "warning-", "namespace": self._admin.namespace},
                "involvedObject": {"kind": "Pod", "name": pod, "namespace": self._admin.namespace},
                "type": "Warning",
                "reason": reason,
                "message": message,
            },
        )

    def now(self) -> str:
        """Return the time as a timestamp."""
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def start_ready_pod(self, name: str, labels: dict[str, Json]) -> None:
        """Make a pod of one container and let it be Ready."""
        self._admin.api.create(
            self._admin.core("pods"),
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": name, "labels": labels},
                "spec": {"containers": [{"name": "files", "image": "registry.example/files"}]},
            },
        )
        self.run(name)

    def _end(self, pod: str, phase: str, code: int, reason: str, *further: JsonObject) -> None:
        terminated: JsonObject = {"exitCode": code, "reason": reason, "startedAt": _STAMP, "finishedAt": self.now()}
        self._report(
            pod,
            {
                "phase": phase,
                "conditions": [_condition("PodScheduled", "True"), _condition("Ready", "False"), *further],
                "containerStatuses": [_container({"terminated": terminated}, ready=False)],
            },
        )

    def _report(self, pod: str, status: JsonObject) -> None:
        def edit(tree: JsonObject) -> None:
            tree["status"] = {**object_at(tree, "status"), **status}

        self._admin.change(self._admin.core(f"pods/{pod}"), edit, "/status")


def _name(pod: JsonObject) -> str:
    return text_at(pod, "metadata", "name")


def _condition(kind: str, status: str, since: str = _STAMP) -> JsonObject:
    assert parsed_time(since) is not None
    return {"type": kind, "status": status, "lastTransitionTime": since}


def _container(state: JsonObject, ready: bool) -> JsonObject:
    return {
        "name": "driver",
        "image": "registry.example/risk",
        "imageID": "",
        "ready": ready,
        "restartCount": 0,
        "state": state,
    }
