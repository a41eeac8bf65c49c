"""Looks whether a driver that runs has executors to work with: of any image, by what Spark itself writes on their pods.

A driver that waits for executors that no node takes, and one that has done its work and does not end, look the same
to Kubernetes as one that computes.
"""

import json
from collections.abc import Callable

from nightlane_runner.job.job_pods import JobPods, PodsUnknown
from nightlane_runner.json_tree import JsonObject, objects_at, text_at
from nightlane_runner.trouble import TroubleKind, Troubles

EXECUTORS = "spark-role=executor"
"""The label that Spark gives every executor; whose they are, their owner says."""

FIRST_LOOKS_SECONDS = 60.0
"""Pause between looks until an executor runs."""

LATER_LOOKS_SECONDS = 150.0
"""Pause between looks at a driver that has had executors and is silent. One that writes is not looked at."""

IDLE_SECONDS = 900.0
"""How long a driver that has had no executor may write nothing before that is worth a word: it may compute alone."""

GONE_SECONDS = 120.0
"""How long one whose executors have come and gone may: Spark keeps them for as long as it has work for them."""


class ExecutorLook:
    """Notes what one running driver lacks as a trouble. It never ends any work.

    Args:
        pods: reads them.
        place: where they are, for messages.
        troubles: gets to know.
        own: selects what the driver labels its executors with besides, "" where it does not.
        silent_seconds: how long the driver has written nothing.
        refusals: how often its log said that an executor was refused, and why the last time.

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
        """Look once and return in how many seconds to look again; raises Reported as `Troubles` does."""
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
                "Have room made in the quota, or have what refuses them looked at."
            )
        self._troubles.over(TroubleKind.EXECUTORS)
        return self._judge_silence(name, gone="Pending" not in phases)

    def _without_executors(self, sentence: str) -> float:
        return min(FIRST_LOOKS_SECONDS, self._troubles.lasts(TroubleKind.EXECUTORS, lambda: sentence))

    def _judge_silence(self, name: str, gone: bool) -> float:
        silent = self._silent_seconds()
        # A try that goes on after the report has not seen the executors itself.
        have_run = self._have_run or self._troubles.is_reported(TroubleKind.IDLE)
        limit = GONE_SECONDS if have_run and gone else IDLE_SECONDS
        if silent < limit:
            self._troubles.over(TroubleKind.IDLE)
            return min(LATER_LOOKS_SECONDS if self._have_run else FIRST_LOOKS_SECONDS, limit - silent)
        sentence = (
            f"The driver {name} in {self._place} runs, and has written nothing for {silent:.0f} s and has no "
            "executor: it may have done its work and not end, or compute alone. Read its log; restart the step if it "
            "hangs."
        )
        return min(LATER_LOOKS_SECONDS, self._troubles.lasts(TroubleKind.IDLE, lambda: sentence))


def executors_own(job: JsonObject, selector: str) -> str:
    """Return what selects the step's executors among others: its labels, where Spark is told to put them on each."""
    labels = [requirement.partition("=")[0] for requirement in selector.split(",")]
    told = json.dumps(job)
    return selector if all(f"spark.kubernetes.executor.label.{label}" in told for label in labels) else ""


def _is_of(pod: JsonObject, driver: str) -> bool:
    return driver in [text_at(owner, "uid") for owner in objects_at(pod, "metadata", "ownerReferences")]


def _refusal(pod: JsonObject) -> str:
    """Return why no node takes a pod, "" for one that has a node or has not been looked at yet."""
    for condition in objects_at(pod, "status", "conditions"):
        if text_at(condition, "type") == "PodScheduled" and text_at(condition, "status") == "False":
            return text_at(condition, "message") or text_at(condition, "reason")
    return ""
