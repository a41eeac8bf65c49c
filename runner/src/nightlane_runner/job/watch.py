"""A watch on one Job in a thread of its own. Its events are hints; reading the Job decides."""

import json
import threading
from dataclasses import dataclass
from queue import SimpleQueue

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.api.errors import ApiRefused, ApiUnknown
from nightlane_runner.api.stream import ApiStream
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.json_tree import number_at, object_at, text_at


@dataclass(frozen=True, slots=True)
class JobSeen:
    """The Job changed to this."""

    job: RemoteJob


@dataclass(frozen=True, slots=True)
class JobVanished:
    """The Job was deleted, according to the watch."""


@dataclass(frozen=True, slots=True)
class WatchEnded:
    """The watch is over and the Job must be read again.

    Attributes:
        reason: why, for the log; "" when the server ended it in time.

    """

    reason: str


@dataclass(frozen=True, slots=True)
class LogEnded:
    """The driver's log came to its end, as it does when the driver ends."""


JobHint = JobSeen | JobVanished | WatchEnded | LogEnded


class JobWatch:
    """One watch request, from a resource version on, until the server or `close` ends it.

    It always ends with exactly one WatchEnded, so that the reader of the hints knows when to start again: after
    the server's time limit, a cut connection, or 410 Gone (the version is older than what the server keeps).
    """

    def __init__(self, cluster: Cluster, name: str, resource_version: str, hints: "SimpleQueue[JobHint]") -> None:
        self._cluster = cluster
        self._name = name
        self._resource_version = resource_version
        self._hints = hints
        self._closed = threading.Event()
        self._stream: ApiStream | None = None
        self._thread = threading.Thread(target=self._run, name="job-watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the watch."""
        self._closed.set()
        if self._stream is not None:
            self._stream.abort()

    def _run(self) -> None:
        reason = ""
        try:
            with self._cluster.watch_job(self._name, self._resource_version) as stream:
                self._stream = stream
                reason = self._relay(stream)
        except (ApiUnknown, ApiRefused) as error:
            reason = str(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is logged, and the Job is read and watched again
            reason = f"{type(error).__name__} in the runner"
        self._hints.put(WatchEnded("" if self._closed.is_set() else reason))

    def _relay(self, stream: ApiStream) -> str:
        while not self._closed.is_set() and (line := stream.read_line()):
            try:
                event = json.loads(line)
            except ValueError:
                return "the watch was cut in the middle of an event"
            kind, subject = text_at(event, "type"), object_at(event, "object")
            if kind == "ERROR":
                return f"{number_at(subject, 'code')} {text_at(subject, 'reason')}: {text_at(subject, 'message')}"
            if kind != "BOOKMARK" and text_at(subject, "metadata", "name") != self._name:
                continue  # whatever answers in the API server's place watches them all
            if kind in ("ADDED", "MODIFIED") and text_at(subject, "kind") == "Job":
                self._hints.put(JobSeen(RemoteJob.of(subject)))
            elif kind == "DELETED":
                self._hints.put(JobVanished())
        return ""
