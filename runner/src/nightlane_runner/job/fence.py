"""Keeps two runners of one attempt apart, and shows who looks after a Job: a Lease in the customer's namespace.

The workflow starts a new runner when it considers the old one dead, and a node that was cut off may come back with
the old one still running. Both would follow the same Job, which is harmless; but only one may delete it or put
results into place. The Lease shows which one. It does not expire: a newcomer takes it at once, and the previous holder
finds out before it acts.

The runner in charge renews it every few minutes, by the remote clock. That is how the reaper, which cannot ask the
central cluster, distinguishes a Job that nobody follows any more from one whose runner is only being replaced.
"""

import secrets
import socket
import time
from collections.abc import Callable
from datetime import datetime

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.api.errors import ApiRefused, ApiUnknown
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.job.remote_job import RemoteJob, parsed_time
from nightlane_runner.json_tree import JsonObject, number_at, object_at, text_at
from nightlane_runner.outage import Outage
from nightlane_runner.step_log import StepLog

RENEW_SECONDS = 300.0
"""How often a runner renews its Lease: 12 requests an hour, a fraction of what a reaper waits for."""

RETRY_SECONDS = 30.0
"""Pause before taking or renewing one is tried again after a failure."""

_MOST_ROUNDS = 5
"""How often in a row somebody else may be faster; after that, the usual patience applies."""

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
        self._refused_since: datetime | None = None
        self._lease: JsonObject | None = None
        self._renew_at = _NEVER

    @property
    def holder(self) -> str:
        """The runner's unique name."""
        return self._holder

    def take(self, job: RemoteJob) -> None:
        """Become the runner in charge of this Job, no matter who was before.

        If that is forbidden at the moment, the Job is followed without it; it is tried again for as long as the Job
        runs, and before anything is done that only the one in charge may do.
        """
        self._job = job
        self._outage.outlast(lambda: self._take_if_permitted(job), self._wait)

    def take_unless_renewed(self, job: RemoteJob, seen: JsonObject) -> bool:
        """Become the one in charge of this Job, unless somebody has taken or renewed its Lease since it was `seen`."""
        try:
            self._write(job, seen)
        except ApiRefused as error:
            if error.status in (_CONFLICT, _NOT_FOUND):
                return False
            raise
        return True

    def require(self) -> bool:
        """Make sure that this runner is in charge, or becomes it now.

        Returns:
            Whether a Lease shows it. A Job that is gone has none any more, and none is made for it: nobody could
            tell which of its runners began last.

        Raises:
            StepEnded: DETACHED if a newer runner of the same attempt is.
            ApiUnknown: nobody answers.
            ApiRefused: nobody knows.

        """
        job = self._job
        if job is None:
            return False
        lease = self._cluster.read_lease(job.name)
        if lease is None and self._is_gone(job):
            self._renew_at = _NEVER
            return False
        if lease is None or self._lease is None:
            self._take(job)
        elif text_at(lease, "spec", "holderIdentity") != self._holder:
            raise self._replaced(lease)
        return True

    def _is_gone(self, job: RemoteJob) -> bool:
        current = self._cluster.read_job(job.name).job
        return current is None or current.uid != job.uid

    def renew(self) -> None:
        """Show from time to time that this Job is looked after. A missing answer is not a trouble: it is tried again.

        Raises:
            StepEnded: DETACHED if a newer runner of the same attempt is in charge.

        """
        job = self._job
        if job is None or time.monotonic() < self._renew_at or self._outage.ongoing:
            return
        self._renew_at = time.monotonic() + RETRY_SECONDS
        try:
            if self._lease is None:
                self._take_if_permitted(job)
            else:
                self._renew_once(job, self._lease)
        except ApiUnknown:
            return
        except ApiRefused as error:
            self._log.info(f"the Lease of Job {job.name} was not renewed ({error.message}); trying again")

    def _renew_once(self, job: RemoteJob, lease: JsonObject) -> None:
        try:
            self._write(job, lease)
        except ApiRefused as error:
            if error.status not in (_CONFLICT, _NOT_FOUND):
                raise
            # Replaced by another runner, or collected by a controller that took it for an earlier Job's.
            if self.require():
                self._take(job)

    def _take_if_permitted(self, job: RemoteJob) -> None:
        try:
            self._take(job)
        except ApiRefused as error:
            if not error.forbidden:
                raise
            if self._refused_since is None:
                self._refused_since = self._cluster.api.server_now()
                self._log.info(
                    f"the Lease of Job {job.name} may not be taken ({error.message}); trying again while the Job runs, "
                    "and before its results are put into place"
                )
            self._renew_at = time.monotonic() + RETRY_SECONDS

    def _take(self, job: RemoteJob) -> None:
        """Write this runner into the Lease, unless one that began later has taken it while this one was refused."""
        for _ in range(_MOST_ROUNDS):
            lease = self._cluster.read_lease(job.name)
            previous = text_at(lease, "spec", "holderIdentity")
            if lease is not None and previous not in ("", self._holder) and self._is_newer(lease):
                raise self._replaced(lease)
            try:
                self._write(job, lease)
            except ApiRefused as error:
                if error.status != _CONFLICT:
                    raise
                continue  # somebody was faster: check again who
            if previous not in ("", self._holder):
                self._log.info(f"took over from {previous}")
            return
        raise ApiUnknown(f"the Lease of Job {job.name} changes all the time")

    def _is_newer(self, lease: JsonObject) -> bool:
        since, refused = parsed_time(text_at(lease, "spec", "acquireTime")), self._refused_since
        # Servers report their time in whole seconds.
        return since is not None and refused is not None and (since - refused).total_seconds() > 1

    def _replaced(self, lease: JsonObject) -> StepEnded:
        name = text_at(lease, "metadata", "name")
        return StepEnded(
            ExitCode.DETACHED,
            f"Another runner ({text_at(lease, 'spec', 'holderIdentity')}) has taken over Job {name} in "
            f"{self._cluster.place}; this one ({self._holder}) steps back and changes nothing. Nothing needs to "
            "be done.",
        )

    def _write(self, job: RemoteJob, lease: JsonObject | None) -> None:
        """Put this runner, and the time, into a Lease as it was read, or into a new one."""
        metadata = object_at(lease, "metadata") or {"name": job.name}
        spec = object_at(lease, "spec")
        changes_hands = text_at(spec, "holderIdentity") != self._holder
        now = self._cluster.api.server_now()
        stamp = "" if now is None else now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        fresh: JsonObject = {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {
                **metadata,
                # It is removed with its Job. An earlier Job may have had that name, so the owner is set each time.
                "ownerReferences": [{"apiVersion": "batch/v1", "kind": "Job", "name": job.name, "uid": job.uid}],
            },
            "spec": {
                **spec,
                "holderIdentity": self._holder,
                **({"acquireTime": stamp} if changes_hands and stamp else {}),
                "leaseTransitions": number_at(spec, "leaseTransitions") + int(changes_hands and lease is not None),
                **({"renewTime": stamp} if stamp else {}),
            },
        }
        write = self._cluster.create_lease if lease is None else self._cluster.replace_lease
        self._lease = write(fresh)
        self._job = job
        self._renew_at = time.monotonic() + RENEW_SECONDS
