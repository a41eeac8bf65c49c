"""The Job as it is created in the customer's cluster: the rendered one plus name and identity."""

import copy
import hashlib
import json

from nightlane_runner.document import run_identity
from nightlane_runner.document.step import Step
from nightlane_runner.json_tree import JsonObject, object_at, strings_at

SPEC_HASH = f"{run_identity.DOMAIN}/spec-hash"
"""Annotation with the hash of the Job as it was rendered: an existing Job is adopted only if it is equal."""


# A mesh's container beside the driver does not end when the driver does, and would keep the Job from ending.
_WITHOUT_ISTIO = {"sidecar.istio.io/inject": "false"}
_WITHOUT_LINKERD = {"linkerd.io/inject": "disabled"}


def spec_hash(job: JsonObject) -> str:
    """Return the hash of a rendered Job; the order of its keys does not matter."""
    return hashlib.sha256(json.dumps(job, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def complete_job(step: Step, rendered: JsonObject) -> JsonObject:
    """Return the Job to create: named, and labelled (its pods too, so that they can be swept)."""
    job = copy.deepcopy(rendered)
    identity = run_identity.labels(step)
    _metadata(job).update(
        {
            "name": run_identity.job_name(step),
            "namespace": step.namespace,
            "labels": {**strings_at(job, "metadata", "labels"), **identity},
            "annotations": {
                **strings_at(job, "metadata", "annotations"),
                **run_identity.annotations(step, spec_hash(rendered)),
            },
        }
    )
    template = object_at(job, "spec", "template")
    _metadata(template)["labels"] = {**_WITHOUT_ISTIO, **strings_at(template, "metadata", "labels"), **identity}
    _metadata(template)["annotations"] = {**_WITHOUT_LINKERD, **strings_at(template, "metadata", "annotations")}
    return job


def _metadata(tree: JsonObject) -> JsonObject:
    metadata = tree.setdefault("metadata", {})
    if not isinstance(metadata, dict):
        metadata = tree["metadata"] = {}
    return metadata
