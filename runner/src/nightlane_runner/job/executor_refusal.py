"""What a driver's log says of executors that the API server did not let it make: of them there is no pod to look at."""

import re

LONGEST = 300

_REFUSAL = re.compile(r"Failure executing: POST at: \S+/pods\. Message: (?P<reason>.+?)(?:\. Received status: |\.?$)")
"""How Spark's Kubernetes client (fabric8) says it, whatever the reason: a quota, a policy, a missing right."""


def executor_refusal(line: str) -> str:
    """Return why a pod was refused, "" of a line that does not say so."""
    # Every line of every log comes by here: nearly all are let go by the quickest look.
    match = _REFUSAL.search(line) if "Failure executing" in line else None
    return "" if match is None else match["reason"][:LONGEST]
