"""Checks whether a running driver has executors to work with: for any image, by what Spark itself writes on their pods.

A driver that waits for executors that no node takes, and one that has done its work but does not end, look the same
to Kubernetes as one that computes.
"""

import json
from collections.abc import Callable

from nightlane_runner.job.job_pods import JobPods, PodsUnknown
from nightlane_runner.json_tree import JsonObject, objects_at, text_at
from nightlane_runner.trouble import TroubleKind, Troubles

EXECUTORS = "spark-role=executor"
"""The label that Spark gives every executor; the owner shows whose they are."""

FIRST_LOOKS_SECONDS = 60.0
"""Pause between checks until an executor runs."""

LATER_LOOKS_SECONDS = 150.0
"""Pause between checks of a driver that has had executors and is silent. One that writes is not checked."""

IDLE_SECONDS = 900.0
"""How long a driver that has had no executor may write nothing before that is reported: it may compute alone."""

GONE_SECONDS = 120.0
"""The same for one whose executors have come and gone: Spark keeps them for as long as it has work for them."""


class ExecutorLook:
    """Notes what one running driver lacks as a trouble. It never ends any work.

    Args:
        pods: reads them.
        place: where they are, for messages.
        troubles: is notified.
        own: selects further labels that the driver puts on its executors, "" if it puts none.
        silent_seconds: how long the driver has written nothing.
        refusals: how often its log reported that an executor was refused, and why the last time.

    """

    def __init__(
        self,
        pods: JobPods,
        place: str,
        troubles: Troubles,
        own: str,
        silent_seconds: Callable[[], float],
        refusals: Callable[[], tuple[int, str]],
    ) -> None:
        self._pods = pods
        self._place = place
        self._troubles = troubles
        self._selector = f"{EXECUTORS},{own}" if own else EXECUTORS
        self._silent_seconds = silent_seconds
        self._refusals = refusals
        self._have_run = False
        self._refusals_before = 0

    def look(self, driver: JsonObject) -> float:
        """Check once and return in how many seconds to check again; raises Reported as `Troubles` does."""
        silent = self._silent_seconds()
        if self._have_run and silent < GONE_SECONDS:
            self._troubles.over(TroubleKind.EXECUTORS, TroubleKind.IDLE)
            return GONE_SECONDS - silent
        try:
            pods = self._pods.select(self._selector)
        except PodsUnknown as unknown:
            return unknown.pause
        return self._judge(driver, [pod for pod in pods if _is_of(pod, text_at(driver, "metadata", "uid"))])

    def _judge(self, driver: JsonObject, executors: list[JsonObject]) -> float:
        phases = [text_at(pod, "status", "phase") for pod in executors]
        refusals, refusal = self._refusals()
        if "Running" in phases:
            self._have_run, self._refusals_before = True, refusals
            self._troubles.over(TroubleKind.EXECUTORS, TroubleKind.IDLE)
            return LATER_LOOKS_SECONDS
        name = text_at(driver, "metadata", "name")
        unscheduled = [text for pod in executors if (text := _refusal(pod))]
        if unscheduled:
            return self._without_executors(
                f"The driver {name} runs, and none of its {len(executors)} executors in {self._place} is given "
                f"a node: {unscheduled[0]}. Have room made in the cluster."
            )
        if "Pending" not in phases and refusals > self._refusals_before:
            return self._without_executors(
                f"The driver {name} runs, and none of its executors is made in {self._place}: {refusal}. "
                "Have room made in the quota, or have what refuses them checked."
            )
        self._troubles.over(TroubleKind.EXECUTORS)
        return self._judge_silence(name, gone="Pending" not in phases)

    def _without_executors(self, sentence: str) -> float:
        return min(FIRST_LOOKS_SECONDS, self._troubles.lasts(TroubleKind.EXECUTORS, lambda: sentence))

    def _judge_silence(self, name: str, gone: bool) -> float:
        silent = self._silent_seconds()
        # A try that follows the report has not seen the executors itself.
        have_run = self._have_run or self._troubles.is_reported(TroubleKind.IDLE)
        limit = GONE_SECONDS if have_run and gone else IDLE_SECONDS
        if silent < limit:
            self._troubles.over(TroubleKind.IDLE)
            return min(LATER_LOOKS_SECONDS if self._have_run else FIRST_LOOKS_SECONDS, limit - silent)
        sentence = (
            f"The driver {name} in {self._place} runs, but has written nothing for {silent:.0f} s and has no "
            "executor: it may have done its work, or compute alone. Read its log; restart the step if it "
            "hangs."
        )
        return min(LATER_LOOKS_SECONDS, self._troubles.lasts(TroubleKind.IDLE, lambda: sentence))


def executors_own(job: JsonObject, selector: str) -> str:
    """Return what selects the step's executors among others: its labels, if Spark is set to put them on each."""
    labels = [requirement.partition("=")[0] for requirement in selector.split(",")]
    settings = json.dumps(job)
    return selector if all(f"spark.kubernetes.executor.label.{label}" in settings for label in labels) else ""


def _is_of(pod: JsonObject, driver: str) -> bool:
    return driver in [text_at(owner, "uid") for owner in objects_at(pod, "metadata", "ownerReferences")]


def _refusal(pod: JsonObject) -> str:
    """Return why no node takes a pod, "" for one that has a node or has not been considered yet."""
    for condition in objects_at(pod, "status", "conditions"):
        if text_at(condition, "type") == "PodScheduled" and text_at(condition, "status") == "False":
            return text_at(condition, "message") or text_at(condition, "reason")
    return ""
