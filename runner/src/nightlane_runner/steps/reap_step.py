"""The step `reap`: removes Jobs that nobody looks after any more, whatever became of the run that started them.

It knows nothing of the central cluster, as no runner does: no token in a lane may read workflows, and the credential
at hand is the customer's. What it goes by is in the customer's namespace: the runner that follows a Job renews its
Lease. A Job is orphaned when that has not happened for long, and goes on not happening while the reaper watches.

The first limit is as long as the longest step of the customer may take, and longer than all tries of one. So a step
whose tries are used up waits for a person, and the Job that runs on is there to be adopted; so is one of a paused night
whose runner was evicted. Whatever runs for longer would be taken back as past its time by a runner that adopted it. The
second limit outlasts the longest pause between two tries of a step, and is counted only while the customer's API server
answers: after an outage, be it the customer's or the central cluster's, runners come back first.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.api.errors import ApiRefused, ApiUnknown
from nightlane_runner.document import run_identity
from nightlane_runner.document.step import ReapInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.interruption import Interrupted
from nightlane_runner.job.cancel import Cancellation, one_job
from nightlane_runner.job.fence import Fence
from nightlane_runner.job.remote_job import RemoteJob, parsed_time
from nightlane_runner.json_tree import JsonObject, text_at
from nightlane_runner.outage import Outage
from nightlane_runner.step_log import StepLog

_CANCEL_SECONDS = 60.0
_LOOKS = 15
"""How often the reaper checks while it watches."""


@dataclass(frozen=True, slots=True)
class _Orphan:
    """A Job without a sign of life, and its Lease as it was when that was seen."""

    job: RemoteJob
    lease: JsonObject

    @property
    def same_as(self) -> tuple[str, str]:
        """What stays the same as long as nobody looks after the Job."""
        return self.job.uid, text_at(self.lease, "metadata", "resourceVersion")


class ReapStep:
    """Checks once, which is enough in almost every case; watches, then removes, if a Job is orphaned."""

    def __init__(
        self, cluster: Cluster, outage: Outage, reap: ReapInput, wait: Callable[[float], None], log: StepLog
    ) -> None:
        self._cluster = cluster
        self._outage = outage
        self._reap = reap
        self._wait = wait
        self._log = log
        self._said: set[str] = set()

    def run(self) -> None:
        """Reap; raises StepEnded(INFRASTRUCTURE) if the cluster cannot be checked."""
        try:
            orphans = self._watch()
            for orphan in orphans:
                self._remove(orphan)
        except (ApiUnknown, ApiRefused) as error:
            raise StepEnded(
                ExitCode.INFRASTRUCTURE,
                f"{self._cluster.place} could not be checked: {error}. Nothing was decided; the next reaper "
                "starts over.",
            ) from error
        except Interrupted as interruption:
            raise StepEnded(
                ExitCode.DETACHED, f"This pod was {interruption.reason.value}; the next reaper starts over."
            ) from interruption

    def _watch(self) -> list[_Orphan]:
        """Return what nobody has looked after for long, nor while this reaper watched."""
        orphans = self._look()
        if orphans:
            names = ", ".join(orphan.job.name for orphan in orphans)
            self._log.info(f"nobody seems to look after {names}; watching for {self._reap.watch_seconds} s")
        else:
            self._log.info(f"every Job in {self._cluster.place} that runs is looked after")
        until = time.monotonic() + self._reap.watch_seconds
        while orphans and time.monotonic() < until:
            self._wait(self._reap.watch_seconds / _LOOKS)
            now = {orphan.same_as for orphan in self._look()}
            orphans = [orphan for orphan in orphans if orphan.same_as in now]
        return orphans

    def _look(self) -> list[_Orphan]:
        found = []
        for job in self._cluster.jobs(run_identity.customer_selector(self._reap.customer)):
            if job.ended or job.deleting or not job.spec_hash:
                continue
            lease = self._cluster.read_lease(job.name)
            if lease is None:
                # Its runner died in between, or runs and may not take the Lease at the moment: nobody knows.
                self._say_once(f"Job {job.name} has no Lease, so nobody knows whether it is looked after; left alone")
                continue
            # One without a time belongs to a runner that does not renew it.
            sign = parsed_time(text_at(lease, "spec", "renewTime"))
            if sign is not None and self._cluster.api.seconds_since(sign) >= self._reap.orphan_seconds:
                found.append(_Orphan(job, lease))
        return found

    def _say_once(self, line: str) -> None:
        if line not in self._said:
            self._said.add(line)
            self._log.info(line)

    def _remove(self, orphan: _Orphan) -> None:
        job = orphan.job
        fence = Fence(self._cluster, self._outage, self._wait, self._log)
        if not fence.take_unless_renewed(job, orphan.lease):
            self._log.info(f"Job {job.name} has found a runner at the last moment; it is left alone")
            return
        target = one_job(self._cluster, job.name, job.spec_hash, run_identity.customer_selector(self._reap.customer))
        try:
            confirmed = Cancellation(self._cluster, target, fence.require, self._log).run(
                time.monotonic() + _CANCEL_SECONDS
            )
        except StepEnded as end:
            self._log.info(end.sentence)  # a runner has taken over, and interprets the deletion correctly: LOST
            return
        self._log.info(
            f"reaped Job {job.name}"
            if confirmed
            else f"nobody confirmed that Job {job.name} is gone; the next reaper goes on"
        )
