"""Inputs of steps as the workflow would hand them over."""

import json
from typing import Any

from nightlane_runner.json_tree import JsonObject


def rendered_job(**spec: Any) -> JsonObject:
    """Return a Spark Job as it is rendered for the runner; `spec` overrides parts of its spec."""
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"labels": {"app": "risk"}},
        "spec": {
            "backoffLimit": 0,
            "parallelism": 1,
            "completions": 1,
            "podReplacementPolicy": "Failed",
            "podFailurePolicy": {
                "rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}]
            },
            "template": {
                "spec": {
                    "restartPolicy": "Never",
                    "containers": [{"name": "driver", "image": "registry.example/risk", "args": ["driver"]}],
                }
            },
            **spec,
        },
    }


def spark_step(namespace: str, **changes: Any) -> dict[str, Any]:
    """Return the input of a Spark step; `changes` override its parts."""
    spark = {
        "job": rendered_job(),
        "pendingSeconds": 900,
        "imagePullSeconds": 300,
        "results": False,
        **changes.pop("spark", {}),
    }
    return {**_step(namespace), "step": "var-es", "spark": spark, **changes}


def exec_step(namespace: str, command: list[str], **changes: Any) -> dict[str, Any]:
    """Return the input of a step that runs a command."""
    work = {
        "selector": {"app.kubernetes.io/name": "pricing"},
        "container": None,
        "command": command,
        "timeoutSeconds": 60,
    }
    return {**_step(namespace), "step": "snapshot", "exec": {**work, **changes}}


def copy_step(namespace: str, remote: str, lane: str, **changes: Any) -> dict[str, Any]:
    """Return the input of a step that copies."""
    work = {
        "selector": {"app.kubernetes.io/name": "nightlane-results"},
        "container": None,
        "remotePath": remote,
        "lanePath": lane,
        "timeoutSeconds": 60,
    }
    return {**_step(namespace), "step": "report", "copy": {**work, **changes}}


def reuse_step(namespace: str, from_run: int, **changes: Any) -> dict[str, Any]:
    """Return the input of a step that reuses what an earlier run left."""
    work = {"fromRun": from_run, "remote": "var-es", "lane": "var-es", "required": "yes", "timeoutSeconds": 60}
    given = _step(namespace)
    given["run"]["number"] = from_run + 1
    return {**given, "step": "var-es", "reuse": {**work, **changes}}


def sweep_step(namespace: str) -> dict[str, Any]:
    """Return the input of the step that sweeps a run."""
    return {**_step(namespace), "step": "sweep", "sweep": {"timeoutSeconds": 60}}


def document(step: dict[str, Any]) -> str:
    """Return a step's input as the environment variable holds it."""
    return json.dumps(step)


def _step(namespace: str) -> dict[str, Any]:
    return {
        "run": {
            "customer": "nordbank",
            "pipeline": "night",
            "businessDate": "2026-03-31",
            "variant": "quarter-end",
            "number": 1,
        },
        "attempt": 1,
        "namespace": namespace,
        "outageBudgetSeconds": 60,
        "troubleSeconds": 30,
    }
