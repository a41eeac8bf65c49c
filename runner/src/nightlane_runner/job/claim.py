"""Claims the step's Job: created if it is not there, adopted if it is, and never mistaken for another."""

from collections.abc import Callable

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.api.errors import ApiRefused
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.job.manifest import SPEC_HASH
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.json_tree import JsonObject, strings_at, text_at
from nightlane_runner.lane.job_record import JobRecord
from nightlane_runner.outage import Outage
from nightlane_runner.step_log import StepLog

DELETION_SECONDS = 120.0
"""How long an earlier Job of the same name may take to go away (a finalizer may hold it indefinitely)."""

_LOOK_AGAIN_SECONDS = 2.0

_CONFLICT = 409
_BAD_REQUEST = 400
_UNPROCESSABLE = 422
_NOT_FOUND = 404


class JobClaim:
    """Creates or adopts one Job, and remembers its UID for the runners that come after this one.

    Args:
        cluster: where it is to run.
        job: the Job to create.
        record: what this attempt remembers.
        outage: patience with the API server.
        wait: waits that many seconds, and may raise to give up.
        log: for what a person should know.
        before_create: makes room for it. An adopted Job needs none.
        check: called before each request for it; raises if it may no longer be created.

    """

    def __init__(
        self,
        cluster: Cluster,
        job: JsonObject,
        record: JobRecord,
        outage: Outage,
        wait: Callable[[float], None],
        log: StepLog,
        before_create: Callable[[], None] = lambda: None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._before_create = before_create
        self._check = check
        self._cluster = cluster
        self._job = job
        self._record = record
        self._outage = outage
        self._wait = wait
        self._log = log
        self._name = text_at(job, "metadata", "name")
        self.may_appear = False
        """Whether a creation was requested whose outcome is unknown."""
        self._hash = strings_at(job, "metadata", "annotations")[SPEC_HASH]

    def claim(self) -> RemoteJob:
        """Return the Job, which from now on is known by its UID.

        Raises:
            StepEnded: LOST if the Job that an earlier runner started is gone or replaced; BAD_INPUT if the
                name is taken by another Job or the definition is refused; INFRASTRUCTURE if the cluster does
                not take a Job at the moment.
            Interrupted: from waiting.

        """
        remembered = self._record.uid()
        job = self._read() or self._create_unless_lost(remembered)
        if job.deleting and not remembered:
            self._wait_until_gone(job)
            job = self._create_unless_lost(remembered)
        self._must_be_ours(job, remembered)
        self._record.remember(job.name, job.uid)
        return job

    def _read(self) -> RemoteJob | None:
        job = self._outage.outlast(lambda: self._cluster.read_job(self._name), self._wait).job
        if job is not None:
            self._log.info(f"found Job {job.name} (uid {job.uid}) in {self._cluster.place}")
        return job

    def _create_unless_lost(self, remembered: str) -> RemoteJob:
        if remembered:
            raise StepEnded(
                ExitCode.LOST,
                f"Job {self._name} (uid {remembered}), which an earlier runner of this attempt started, is no "
                "longer in "
                f"{self._cluster.place}: deleted by somebody or by its time to live; how it ended is unknown. "
                "Look at its results, then retry as a new attempt or skip.",
            )
        self._before_create()
        try:
            job = self._outage.outlast(self._create, self._wait)
        except ApiRefused as error:
            self.may_appear = False
            if error.status == _CONFLICT and error.reason == "AlreadyExists":
                # An earlier runner, or an earlier try of this request, made it without this runner getting the answer.
                existing = self._read()
                if existing is not None:
                    return existing
            raise self._refused(error) from error
        self.may_appear = False
        self._log.info(f"created Job {job.name} (uid {job.uid}) in {self._cluster.place}")
        return job

    def _create(self) -> RemoteJob:
        self._check()
        # From here on a request may be under way, even if its answer is lost.
        self.may_appear = True
        return self._cluster.create_job(self._job)

    def _must_be_ours(self, job: RemoteJob, remembered: str) -> None:
        if remembered and job.uid != remembered:
            raise StepEnded(
                ExitCode.LOST,
                f"Job {job.name} in {self._cluster.place} is not the one this attempt started: uid {job.uid} instead "
                f"of {remembered}. It was left alone; find out who replaced it, then retry as a new attempt.",
            )
        if job.spec_hash != self._hash:
            what = f"was made from another definition (hash {job.spec_hash})" if job.spec_hash else "is not Nightlane's"
            raise StepEnded(
                ExitCode.BAD_INPUT,
                f"Job {job.name} in {self._cluster.place} {what}, this step's has the hash {self._hash}. It was left "
                "alone; retry as a new attempt to run the new definition, or delete that Job if it is a leftover.",
            )

    def _wait_until_gone(self, job: RemoteJob) -> None:
        self._log.info(f"Job {job.name} (uid {job.uid}) is being deleted; waiting until its name is free")
        waited = 0.0
        while waited < DELETION_SECONDS:
            self._wait(_LOOK_AGAIN_SECONDS)
            waited += _LOOK_AGAIN_SECONDS
            current = self._outage.outlast(lambda: self._cluster.read_job(job.name), self._wait).job
            if current is None or current.uid != job.uid:
                return
        raise StepEnded(
            ExitCode.LOST,
            f"An earlier Job {job.name} in {self._cluster.place} has been in deletion for {waited:.0f} s, "
            "probably held "
            "by a finalizer. Retry as a new attempt, which uses a new name; ask the customer to free this one.",
        )

    def _refused(self, error: ApiRefused) -> StepEnded:
        where = f"Job {self._name} in {self._cluster.place}"
        if error.status in (_BAD_REQUEST, _UNPROCESSABLE):
            return StepEnded(
                ExitCode.BAD_INPUT, f"{where} was refused as invalid: {error.message}. Fix the step's definition."
            )
        if error.status == _NOT_FOUND:
            return StepEnded(
                ExitCode.BAD_INPUT, f"{where} was refused: {error.message}. Ask the customer for the namespace."
            )
        return StepEnded(
            ExitCode.INFRASTRUCTURE,
            f"{where} was refused: {error.message}. Have that checked; then it is tried again.",
        )
