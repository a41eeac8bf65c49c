"""Finds the pod to work in: one that has the labels, is Ready and is not being deleted."""

import re
import time
from collections.abc import Mapping
from typing import Protocol

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.container.pod_shell import PodContainer
from nightlane_runner.document.step import ContainerChoice
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import GO_ON, StepEnded
from nightlane_runner.interruption import Interruptions
from nightlane_runner.json_tree import JsonObject, objects_at, strings_at, text_at
from nightlane_runner.outage import Outage
from nightlane_runner.step_log import StepLog
from nightlane_runner.trouble import TroubleKind, Troubles

PATIENCE_SECONDS = 300.0
"""How long to wait for a Ready pod: a rollout or a node's restart should not cost a night."""

_LOOK_AGAIN_SECONDS = 10.0

_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
"""Names of pods and containers: they become words of a command line, where others would be flags."""


class Reach(Protocol):
    """What a search for a pod needs: a part of every step's context."""

    @property
    def cluster(self) -> Cluster: ...  # noqa: D102
    @property
    def outage(self) -> Outage: ...  # noqa: D102
    @property
    def interruptions(self) -> Interruptions: ...  # noqa: D102
    @property
    def log(self) -> StepLog: ...  # noqa: D102
    @property
    def troubles(self) -> Troubles | None: ...  # noqa: D102


def find_container(context: Reach, choice: ContainerChoice, patience_seconds: float = PATIENCE_SECONDS) -> PodContainer:
    """Return the container to work in, waiting for its pod to be Ready.

    Raises:
        StepEnded: INFRASTRUCTURE if no pod becomes Ready; BAD_INPUT if the pod has no such container.
        Reported: none has become Ready for long enough to be reported, or one has after that was.

    """
    selector = _text(choice.selector)
    end = time.monotonic() + patience_seconds
    said = False
    while True:
        pods = context.outage.outlast(lambda: context.cluster.pods(selector), context.interruptions.wait)
        ready = [pod for pod in pods if _is_ready(pod)]
        if ready:
            if context.troubles is not None:
                context.troubles.over(TroubleKind.NOT_READY)
            newest = max(ready, key=lambda pod: text_at(pod, "metadata", "creationTimestamp"))
            return _container(newest, choice.container)
        if time.monotonic() >= end:
            raise StepEnded(
                ExitCode.INFRASTRUCTURE,
                f"None of the {len(pods)} pods with {selector} in {context.cluster.place} became Ready within "
                f"{patience_seconds:.0f} s. Have the application checked, {GO_ON}.",
            )
        if not said:
            said = True
            context.log.info(f"waiting for a Ready pod with {selector} ({len(pods)} there, none Ready)")
        context.interruptions.wait(min(_LOOK_AGAIN_SECONDS, _report(context, selector)))


def _report(context: Reach, selector: str) -> float:
    """Return in how many seconds to report that no pod is Ready."""
    if context.troubles is None:
        return float("inf")
    sentence = f"None of the pods with {selector} in {context.cluster.place} is Ready; have the application checked."
    return context.troubles.lasts(TroubleKind.NOT_READY, lambda: sentence)


def _text(selector: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted(selector.items()))


def _is_ready(pod: JsonObject) -> bool:
    if text_at(pod, "metadata", "deletionTimestamp"):
        return False
    return any(
        text_at(condition, "type") == "Ready" and text_at(condition, "status") == "True"
        for condition in objects_at(pod, "status", "conditions")
    )


def _container(pod: JsonObject, wanted: str | None) -> PodContainer:
    name = text_at(pod, "metadata", "name")
    if not _NAME.fullmatch(name):
        raise StepEnded(
            ExitCode.BAD_INPUT,
            f"a pod has the name {name[:80]!r}, which no Kubernetes API server allows; have the customer's API server "
            "checked before anything else is sent there.",
        )
    containers = [text_at(container, "name") for container in objects_at(pod, "spec", "containers")]
    default = strings_at(pod, "metadata", "annotations").get("kubectl.kubernetes.io/default-container")
    chosen = wanted or (default if default in containers else containers[0] if containers else "")
    if chosen not in containers:
        raise StepEnded(
            ExitCode.BAD_INPUT,
            f"container: got {chosen!r}, which pod {name} does not have; use one of {', '.join(containers)}.",
        )
    if not _NAME.fullmatch(chosen):
        raise StepEnded(ExitCode.BAD_INPUT, f"pod {name} has a container named {chosen[:80]!r}, which is impossible.")
    return PodContainer(name, chosen)
