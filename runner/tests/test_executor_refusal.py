"""What Spark's Kubernetes client says of a pod that was refused."""

import pytest

from nightlane_runner.job.executor_refusal import LONGEST, executor_refusal

POST = (
    "KubernetesClientException: Failure executing: POST at: https://10.0.0.1:443/api/v1/namespaces/risk/pods. Message: "
)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            f'{POST}pods "a-exec-1" is forbidden: exceeded quota: q. Received status: Status(code=403)',
            "exceeded quota: q",
        ),
        (f'{POST}admission webhook "policy.example" denied the request: no.', 'webhook "policy.example" denied'),
        (f"{POST}{'x' * 9000}", "x" * LONGEST),
        ("Failure executing: POST at: https://10.0.0.1:443/api/v1/namespaces/risk/services. Message: no.", ""),
        ("computed 4 of 16 scenarios", ""),
    ],
)
def test_reason_is_read_from_the_line(line: str, reason: str) -> None:
    """Whatever refuses it; other lines say nothing of it."""
    said = executor_refusal(line)
    assert reason in said
    assert bool(said) == bool(reason)
    assert len(said) <= LONGEST
    assert "Received status" not in said
