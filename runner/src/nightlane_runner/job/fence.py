"""Keeps two runners of one attempt apart, and tells who looks after a Job: a Lease in the customer's namespace.

The workflow starts a new runner when it takes the old one for dead, and a node that was cut off may come back with
the old one still running. Both would follow the same Job, which harms nobody; but only one may delete it or put
results into place. The Lease says who. It does not expire: a newcomer takes it at once, and whoever held it before
finds out before it acts.

Whoever is in charge renews it every few minutes, by the remote clock. That is how the reaper, which cannot ask the
central cluster, tells a Job that nobody follows any more from one whose runner is only being replaced.
"""

import secrets
import socket
import time
from collections.abc import Callable

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.api.errors import ApiRefused, ApiUnknown
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.json_tree import JsonObject, number_at, object_at, text_at
from nightlane_runner.outage import Outage
from nightlane_runner.step_log import StepLog

RENEW_SECONDS = 300.0
"""How often a runner renews its Lease: 12 requests an hour, a fraction of what a reaper waits for."""

_FORBIDDEN = 403
_NOT_FOUND = 404
_CONFLICT = 409

_NEVER = float("inf")


class Fence:
    """The Lease of one Job, as one runner sees it."""

    def __init__(self, cluster: Cluster, outage: Outage, wait: Callable[[float], None], log: StepLog) -> None:
        self._cluster = cluster
        self._outage = outage
        self._wait = wait
        self._log = log
        self._holder = f"{socket.gethostname()}-{secrets.token_hex(4)}"
        self._job: RemoteJob | None = None
        self._lease: JsonObject = {}
        self._renew_at = _NEVER

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
            if previous:
                self._log.info(f"took over from {previous}")
            return

    def take_unless_renewed(self, job: RemoteJob, seen: JsonObject | None) -> bool:
        """Become the one in charge of this Job, unless somebody has taken or renewed its Lease since it was `seen`."""
        try:
            self._write(job, seen)
        except ApiRefused as error:
            if error.status in (_CONFLICT, _NOT_FOUND):
                return False
            raise
        return True

    def require(self) -> None:
        """Make sure that this runner still is in charge.

        Raises:
            StepEnded: DETACHED where a newer runner of the same attempt is.
            ApiUnknown: nobody answers.

        """
        if self._job is None:
            return
        lease = self._cluster.read_lease(self._job.name)
        holder = text_at(lease, "spec", "holderIdentity") if lease is not None else ""
        if holder and holder != self._holder:
            raise StepEnded(
                ExitCode.DETACHED,
                f"Another runner ({holder}) has taken over Job {self._job.name} in {self._cluster.place}; this one "
                f"({self._holder}) steps back and changes nothing. Nothing needs to be done.",
            )

    def renew(self) -> None:
        """Show from time to time that this Job is looked after. No answer is no trouble: it is tried again.

        Raises:
            StepEnded: DETACHED where a newer runner of the same attempt is in charge.

        """
        if self._job is None or time.monotonic() < self._renew_at or self._outage.ongoing:
            return
        self._renew_at = time.monotonic() + RENEW_SECONDS
        try:
            self._renew_once(self._job)
        except ApiUnknown:
            self._renew_at = time.monotonic() + RENEW_SECONDS / 10
        except ApiRefused as error:
            self._log.info(f"the Lease of Job {self._job.name} was not renewed: {error.message}")

    def _renew_once(self, job: RemoteJob) -> None:
        try:
            self._write(job, self._lease)
        except ApiRefused as error:
            if error.status not in (_CONFLICT, _NOT_FOUND):
                raise
            # Replaced by another runner, or collected by a controller that mistook it for an earlier Job's.
            self.require()
            self._take_once(job)

    def _take_once(self, job: RemoteJob) -> str:
        """Write ourselves into the Lease and return who was there before."""
        lease = self._cluster.read_lease(job.name)
        self._write(job, lease)
        return text_at(lease, "spec", "holderIdentity") if lease is not None else ""

    def _write(self, job: RemoteJob, lease: JsonObject | None) -> None:
        """Put ourselves, and the moment, into a Lease as it was read, or into a new one."""
        metadata = object_at(lease, "metadata") or {"name": job.name}
        spec = object_at(lease, "spec")
        changes_hands = lease is not None and text_at(spec, "holderIdentity") != self._holder
        now = self._cluster.api.server_now()
        fresh: JsonObject = {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {
                **metadata,
                # It goes when its Job goes. A Job of that name may have been there before, hence each time anew.
                "ownerReferences": [{"apiVersion": "batch/v1", "kind": "Job", "name": job.name, "uid": job.uid}],
            },
            "spec": {
                **spec,
                "holderIdentity": self._holder,
                "leaseTransitions": number_at(spec, "leaseTransitions") + int(changes_hands),
                **({} if now is None else {"renewTime": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}),
            },
        }
        write = self._cluster.create_lease if lease is None else self._cluster.replace_lease
        self._lease = write(fresh)
        self._job = job
        self._renew_at = time.monotonic() + RENEW_SECONDS
