"""Keeps two runners of one attempt apart: the one that started last is in charge, the other one steps back.

The workflow starts a new runner when it takes the old one for dead, and a node that was cut off may come back with
the old one still running. Both would follow the same Job, which harms nobody; but only one may delete it or put
results into place. A Lease in the customer's namespace says who. It does not expire and is never renewed: a newcomer
takes it at once, and whoever held it before finds out before it acts.
"""

import secrets
import socket
from collections.abc import Callable

from nightlane_runner.api_errors import ApiRefused
from nightlane_runner.cluster import Cluster
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.json_tree import JsonObject, number_at, object_at, text_at
from nightlane_runner.outage import Outage
from nightlane_runner.remote_job import RemoteJob
from nightlane_runner.step_log import StepLog

_FORBIDDEN = 403
_CONFLICT = 409


class Fence:
    """The Lease of one Job, as one runner sees it."""

    def __init__(self, cluster: Cluster, outage: Outage, wait: Callable[[float], None], log: StepLog) -> None:
        self._cluster = cluster
        self._outage = outage
        self._wait = wait
        self._log = log
        self._holder = f"{socket.gethostname()}-{secrets.token_hex(4)}"
        self._name = ""

    def take(self, job: RemoteJob) -> None:
        """Become the runner in charge of this Job, whoever was before.

        Where our identity may not use Leases, the step goes on without a fence and says so.
        """
        while True:
            try:
                previous = self._outage.outlast(lambda: self._take_once(job), self._wait)
            except ApiRefused as error:
                if error.status == _CONFLICT:
                    continue  # another runner was faster by a moment; the last one counts
                if error.status != _FORBIDDEN:
                    raise
                self._log.info(f"two runners at once are not kept apart here: {error.message}")
                return
            self._name = job.name
            if previous:
                self._log.info(f"took over from {previous}")
            return

    def require(self) -> None:
        """Make sure that this runner still is in charge.

        Raises:
            StepEnded: DETACHED where a newer runner of the same attempt is.
            ApiUnknown: nobody answers.

        """
        if not self._name:
            return
        lease = self._cluster.read_lease(self._name)
        holder = text_at(lease, "spec", "holderIdentity") if lease is not None else ""
        if holder and holder != self._holder:
            raise StepEnded(
                ExitCode.DETACHED,
                f"Another runner ({holder}) has taken over Job {self._name} in {self._cluster.place}; this one "
                f"({self._holder}) steps back and changes nothing. Nothing needs to be done.",
            )

    def _take_once(self, job: RemoteJob) -> str:
        """Write ourselves into the Lease and return who was there before."""
        lease = self._cluster.read_lease(job.name)
        if lease is None:
            self._cluster.create_lease(self._fresh(job))
            return ""
        spec = object_at(lease, "spec")
        previous = text_at(spec, "holderIdentity")
        transitions = number_at(spec, "leaseTransitions") + 1
        self._cluster.replace_lease(
            {**lease, "spec": {**spec, "holderIdentity": self._holder, "leaseTransitions": transitions}}
        )
        return previous

    def _fresh(self, job: RemoteJob) -> JsonObject:
        return {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {
                "name": job.name,
                # It goes when its Job goes.
                "ownerReferences": [{"apiVersion": "batch/v1", "kind": "Job", "name": job.name, "uid": job.uid}],
            },
            "spec": {"holderIdentity": self._holder, "leaseTransitions": 0},
        }
