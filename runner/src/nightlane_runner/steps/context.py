"""The surroundings of every step that works in the customer's cluster."""

import secrets
from dataclasses import dataclass, field

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.document.step import Step
from nightlane_runner.interruption import Interruptions
from nightlane_runner.lane.places import Places
from nightlane_runner.outage import Outage
from nightlane_runner.step_log import StepLog
from nightlane_runner.trouble import Troubles


@dataclass(frozen=True, slots=True)
class StepContext:
    """A step's surroundings.

    Attributes:
        step: which step of which run this is.
        places: the container's mounts.
        cluster: the customer's cluster.
        outage: patience with its API server.
        troubles: what keeps it from going on, and which of that was reported.
        interruptions: evictions and orders.
        log: the step's log.
        runner: this runner's unique name.

    """

    step: Step
    places: Places
    cluster: Cluster
    outage: Outage
    troubles: Troubles
    interruptions: Interruptions
    log: StepLog
    runner: str = field(default_factory=lambda: secrets.token_hex(4))
