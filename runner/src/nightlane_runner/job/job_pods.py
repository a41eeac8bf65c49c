"""The pods of a Job, as they are read while it goes on: what cannot be read now is read again later."""

from collections.abc import Callable

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.api.errors import ApiUnknown, NotPermitted
from nightlane_runner.json_tree import JsonObject
from nightlane_runner.outage import REFUSAL_SECONDS, Outage
from nightlane_runner.step_log import StepLog

_LOOK_AGAIN_SECONDS = 30.0


class PodsUnknown(Exception):
    """They cannot be read at the moment.

    Attributes:
        pause: how many seconds to wait before they are read again.

    """

    def __init__(self, pause: float) -> None:
        super().__init__()
        self.pause = pause


class JobPods:
    """Reads pods, with its own patience for a role that lacks the right: reading the Job would never show that.

    Args:
        cluster: where they are.
        log: for what a person should know.

    """

    def __init__(self, cluster: Cluster, log: StepLog) -> None:
        self._cluster = cluster
        self._refusals = Outage(cluster.api.server, REFUSAL_SECONDS, log)

    def of(self, job_name: str) -> list[JsonObject]:
        """Return the pods that a Job's controller has made; raises as `select`."""
        return self._borne(lambda: self._cluster.pods_of_job(job_name))

    def select(self, selector: str) -> list[JsonObject]:
        """Return pods by label selector.

        Raises:
            PodsUnknown: they cannot be read at the moment. An outage is counted where the Job is read.
            StepEnded: INFRASTRUCTURE if they may not be listed for too long.

        """
        return self._borne(lambda: self._cluster.pods(selector))

    def _borne(self, read: Callable[[], list[JsonObject]]) -> list[JsonObject]:
        try:
            pods = read()
        except NotPermitted as error:
            raise PodsUnknown(self._refusals.failed(error)) from error
        except ApiUnknown as error:
            raise PodsUnknown(_LOOK_AGAIN_SECONDS) from error
        self._refusals.answered()
        return pods
