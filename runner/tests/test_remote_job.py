"""What a runner reads off a Job object."""

from nightlane_runner.job.remote_job import QUEUE, RemoteJob
from nightlane_runner.json_tree import Json, JsonObject


def _job(suspend: bool, condition: str) -> JsonObject:
    suspended: Json = {"type": "Suspended", "status": condition, "reason": "any", "message": ""}
    return {
        "metadata": {"name": "var-es", "creationTimestamp": "2026-03-31T20:30:00Z"},
        "spec": {"suspend": suspend},
        "status": {"startTime": "2026-03-31T20:30:00Z", "conditions": [suspended]},
    }


def test_job_is_suspended_as_soon_as_somebody_says_so() -> None:
    """Its controller has yet to remove the pods."""
    assert RemoteJob.of(_job(suspend=True, condition="False")).suspended


def test_resumed_job_is_suspended_until_its_controller_has_begun_anew() -> None:
    """Until then its start is that of before the pause, and every deadline would be over at once."""
    assert RemoteJob.of(_job(suspend=False, condition="True")).suspended
    assert not RemoteJob.of(_job(suspend=False, condition="False")).suspended


def test_queue_that_suspends_a_job_is_told_from_a_person() -> None:
    """R19: Kueue's label says which one it waits in."""
    waiting = RemoteJob.of({"metadata": {"labels": {QUEUE: "overnight"}}, "spec": {"suspend": True}})
    assert (waiting.suspended, waiting.queue) == (True, "overnight")
    assert RemoteJob.of({"spec": {"suspend": True}}).queue == ""
