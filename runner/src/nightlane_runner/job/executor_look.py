"""Looks whether a driver that runs has executors to work with: of any image, by what Spark itself writes on their pods.

A driver that waits for executors that no node takes, and one that has done its work and does not end, look the same
to Kubernetes as one that computes.
"""

from collections.abc import Callable

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.api.errors import ApiUnknown
from nightlane_runner.json_tree import JsonObject, objects_at, text_at
from nightlane_runner.trouble import TroubleKind, Troubles

EXECUTORS = "spark-role=executor"
"""The label that Spark gives every executor; whose they are, their owner says."""

FIRST_LOOKS_SECONDS = 60.0
"""Pause between looks until an executor runs."""

LATER_LOOKS_SECONDS = 150.0
"""Pause between looks at a driver that has had executors and is silent. One that writes is not looked at."""

IDLE_SECONDS = 900.0
"""How long a driver without executors may write nothing before that is worth a word: a guess, hence only a word."""


class ExecutorLook:
    """Notes what a running driver lacks as a trouble. It never ends any work.

    Args:
        cluster: where the pods are.
        troubles: gets to know.
        silent_seconds: how long the driver has written nothing.

    """

    def __init__(self, cluster: Cluster, troubles: Troubles, silent_seconds: Callable[[], float]) -> None:
        self._cluster = cluster
        self._troubles = troubles
        self._silent_seconds = silent_seconds
        self._have_run = False

    def look(self, driver: JsonObject) -> float:
        """Look once and return in how many seconds to look again; raises Reported as `Troubles` does."""
        if self._have_run and self._silent_seconds() < IDLE_SECONDS / 2:
            self._troubles.over(TroubleKind.EXECUTORS, TroubleKind.IDLE)
            return LATER_LOOKS_SECONDS
        try:
            pods = self._cluster.pods(EXECUTORS)
        except ApiUnknown:
            return FIRST_LOOKS_SECONDS  # an outage is counted where the Job is read
        return self._judge(driver, [pod for pod in pods if _is_of(pod, text_at(driver, "metadata", "uid"))])

    def _judge(self, driver: JsonObject, executors: list[JsonObject]) -> float:
        phases = [text_at(pod, "status", "phase") for pod in executors]
        refused = [text for pod in executors if (text := _refusal(pod))]
        silent = self._silent_seconds()
        if "Running" in phases:
            self._have_run = True
            self._troubles.over(TroubleKind.EXECUTORS, TroubleKind.IDLE)
            return LATER_LOOKS_SECONDS
        name = text_at(driver, "metadata", "name")
        if refused:
            sentence = (
                f"The driver {name} runs, and none of its {len(executors)} executors in {self._cluster.place} is given "
                f"a node: {refused[0]}. Have room made in the cluster."
            )
            return min(FIRST_LOOKS_SECONDS, self._troubles.lasts(TroubleKind.EXECUTORS, lambda: sentence))
        self._troubles.over(TroubleKind.EXECUTORS)
        if silent < IDLE_SECONDS:
            self._troubles.over(TroubleKind.IDLE)
            return min(FIRST_LOOKS_SECONDS, IDLE_SECONDS - silent) if not self._have_run else LATER_LOOKS_SECONDS
        sentence = (
            f"The driver {name} in {self._cluster.place} runs, and has written nothing and had no executor for "
            f"{silent:.0f} s: it may have done its work and not end, or compute alone. Read its log; restart the step "
            "if it hangs."
        )
        return min(LATER_LOOKS_SECONDS, self._troubles.lasts(TroubleKind.IDLE, lambda: sentence))


def _is_of(pod: JsonObject, driver: str) -> bool:
    return driver in [text_at(owner, "uid") for owner in objects_at(pod, "metadata", "ownerReferences")]


def _refusal(pod: JsonObject) -> str:
    """Return why no node takes a pod, "" for one that has a node or has not been looked at yet."""
    for condition in objects_at(pod, "status", "conditions"):
        if text_at(condition, "type") == "PodScheduled" and text_at(condition, "status") == "False":
            return text_at(condition, "message") or text_at(condition, "reason")
    return ""
