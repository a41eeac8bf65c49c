"""What a driver's log says about executors that the API server refused: there is no pod of them to check."""

import re

LONGEST = 300

_REFUSAL = re.compile(r"Failure executing: POST at: \S+/pods\. Message: (?P<reason>.+?)(?:\. Received status: |\.?$)")
"""How Spark's Kubernetes client (fabric8) reports it, whatever the reason: a quota, a policy, a missing right."""


def executor_refusal(line: str) -> str:
    """Return why a pod was refused, "" for any other line."""
    # Every line of every log passes here: nearly all are ruled out by the quickest test.
    match = _REFUSAL.search(line) if "Failure executing" in line else None
    return "" if match is None else match["reason"][:LONGEST]
