"""The step `spark`: one Spark application as a Job in the customer's cluster, from its start to its results."""

import time
from functools import partial
from queue import SimpleQueue

from nightlane_runner.container.pod_shell import PodShell
from nightlane_runner.document import run_identity
from nightlane_runner.document.step import SparkInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.interruption import GRACE_SECONDS, Interrupted, Reason
from nightlane_runner.job.cancel import Cancellation, one_job
from nightlane_runner.job.claim import JobClaim
from nightlane_runner.job.deadlines import TakenBack
from nightlane_runner.job.earlier_attempts import EarlierAttempts
from nightlane_runner.job.fence import Fence
from nightlane_runner.job.follow import JobFollower
from nightlane_runner.job.manifest import complete_job, spec_hash
from nightlane_runner.job.progress import JobProgress
from nightlane_runner.job.remote_job import RemoteJob
from nightlane_runner.job.watch import JobHint
from nightlane_runner.lane import night_paths
from nightlane_runner.lane.attempt_record import AttemptRecord
from nightlane_runner.lane.begun_attempts import require_newest
from nightlane_runner.lane.copy_charge import CopyCharge
from nightlane_runner.lane.figures import look_at_figures
from nightlane_runner.lane.job_record import JobRecord
from nightlane_runner.lane.result_hashes import add_figures
from nightlane_runner.lane.result_values import NoValue
from nightlane_runner.steps.context import StepContext
from nightlane_runner.steps.results import ResultsFetch


class SparkStep:
    """Runs one Spark step.

    Args:
        context: the step's surroundings.
        spark: what to run.
        shell: the way into the customer's containers, for the results.

    """

    def __init__(self, context: StepContext, spark: SparkInput, shell: PodShell) -> None:
        self._context = context
        self._spark = spark
        record = AttemptRecord(night_paths.lane_record(context.places, context.step))
        self._record = JobRecord(record, context.log)
        self._hints: SimpleQueue[JobHint] = SimpleQueue()
        selector = run_identity.selector(context.step)
        self._progress = JobProgress(
            context.cluster,
            spark,
            selector,
            self._hints,
            self._fetch_early,
            lambda job: self._record.done_uid() == job.uid,
            context.troubles,
            context.log,
        )
        self._fence = Fence(context.cluster, context.outage, context.interruptions.wait, context.log)
        self._charge = CopyCharge(
            night_paths.lane_runner(context.places, context.step), context.step.attempt, context.runner
        )
        self._job_claim: JobClaim | None = None
        self._results = (
            ResultsFetch(
                context, shell, spark.results, spark.result, spark.timeout_seconds, self._require_charge, self._check
            )
            if spark.results is not None
            else None
        )

    def run(self) -> None:
        """Run the step to its end; returns once the Job's work is done and its results are here, verified.

        Raises:
            StepEnded: in every other case.

        """
        try:
            if self._is_done_and_gone():
                self._fetch_again()
                return
            job = self._claim()
            self._fence.take(job)
            self._take_charge()
            job = self._follow(job)
            self._require_success(job)
            self._record.note_done(job.name, job.uid)
            self._fetch_results(job)
        except Interrupted as interruption:
            raise self._interrupted(interruption) from interruption
        except TakenBack as end:
            if end.code is ExitCode.INFRASTRUCTURE:
                self._record.note_taken_back()  # it has not run, so another try may start it again
            if not self._cancel(time.monotonic() + GRACE_SECONDS):
                self._context.log.info("nobody confirmed the Job's deletion in time: check there before another try")
            raise

    def _claim(self) -> RemoteJob:
        context = self._context
        job = complete_job(context.step, self._spark.job)
        wait = context.interruptions.wait
        earlier = EarlierAttempts(context.cluster, context.step, context.outage, wait, context.log)
        self._job_claim = JobClaim(
            context.cluster,
            job,
            self._record,
            context.outage,
            wait,
            context.log,
            before_create=lambda: self._make_room(earlier),
            check=partial(require_newest, context.places, context.step),
        )
        return self._job_claim.claim()

    def _make_room(self, earlier: EarlierAttempts) -> None:
        """End what earlier attempts left, and let no first attempt begin after the night's limit."""
        earlier.end()
        step, limit = self._context.step, self._spark.end_within
        if limit is not None and step.attempt == 1 and self._context.cluster.api.surely_since(limit.moment) > 0:
            raise StepEnded(
                ExitCode.APPLICATION,
                f"Step {step.name} did not begin within {limit}, so it was not started. Retry it if it is still "
                "wanted: the new attempt has no such limit; else skip it.",
            )

    def _is_done_and_gone(self) -> bool:
        """Whether an earlier runner of this attempt has seen the Job's work done, and the Job is no longer there."""
        done = self._record.done_uid()
        if not done:
            return False
        context = self._context
        name = run_identity.job_name(context.step)
        job = context.outage.outlast(lambda: context.cluster.read_job(name), context.interruptions.wait).job
        return job is None or job.deleting or job.uid != done

    def _fetch_again(self) -> None:
        self._context.log.info("an earlier runner has seen this Job's work done, and the Job is gone by now")
        self._take_charge()
        if self._results is not None:
            self._results.run()
            self._look_at_figures()

    def _follow(self, job: RemoteJob) -> RemoteJob:
        context = self._context
        api = context.cluster.api
        began, requests = time.monotonic(), api.requests
        try:
            return JobFollower(
                context.cluster, job, context.outage, self._progress.observe, self._hints, self._check, context.log
            ).follow()
        finally:
            seconds = time.monotonic() - began
            context.log.info(f"followed Job {job.name} for {seconds:.0f} s with {api.requests - requests} requests")

    def _check(self) -> None:
        self._context.interruptions.check()
        self._fence.renew()

    def _require_success(self, job: RemoteJob) -> None:
        driver = self._progress.end(job)
        if job.failed is not None and self._record.done_uid() == job.uid:
            self._context.log.info(f"Job {job.name} has failed after its work was done, which counts: {job.failed}")
            return
        if job.failed is not None:
            following = self._following(job)
            what_now = following or "Read the driver's log, then retry as a new attempt."
            raise StepEnded(
                ExitCode.APPLICATION if following is None else ExitCode.AGAIN,
                f"Job {job.name} in {self._context.cluster.place} failed: {job.failed}"
                f"{f'; {driver}' if driver else ''}. {what_now}",
            )
        said = f"Job {job.name} is {'complete' if job.complete else 'done'}"
        self._context.log.info(f"{driver}: {said}" if driver and not job.complete else said)

    def _following(self, job: RemoteJob) -> str | None:
        """Return what to report about the attempt that follows this one by itself, None if a person decides."""
        again, attempt = self._spark.again, self._context.step.attempt
        if again is None:
            return None
        end = self._context.outage.outlast(lambda: self._progress.first_failure(job), self._context.interruptions.wait)
        if end is None or not again.follow(attempt, end) or self._is_too_late():
            return None
        return f"The step goes on by itself to attempt {attempt + 1} of {again.attempts}."

    def _is_too_late(self) -> bool:
        """Whether the night's limit has passed, after which no attempt begins by itself."""
        limit = self._spark.end_within
        return limit is not None and self._context.cluster.api.surely_since(limit.moment) >= 0

    def _fetch_early(self, within_seconds: float) -> None:
        if self._results is not None:
            self._results.try_early(within_seconds)

    def _fetch_results(self, job: RemoteJob) -> None:
        if self._results is not None:
            # A complete Job may have had a further pod, the end of whose log nobody has seen.
            self._results.run(again=job.complete)
        if not self._progress.surely_ends:
            self._context.outage.outlast(
                lambda: self._delete_if_it_may_run_again(job), self._context.interruptions.wait
            )
        if self._results is not None:
            self._look_at_figures()

    def _delete_if_it_may_run_again(self, job: RemoteJob) -> None:
        """Delete a Job that has done its work but does not end: another pod would overwrite its results."""
        cluster = self._context.cluster
        current = cluster.read_job(job.name).job
        if current is None or current.uid != job.uid or not self._progress.may_run_again(current):
            return
        self._fence.require()
        # First: the successor of a runner that ends here would consider the Job lost.
        self._record.remember_done(current.name, current.uid)
        cluster.delete_job(current)
        self._context.log.info(
            f"Job {job.name} was deleted: its work is done, and what runs beside its driver would make it start again"
        )

    def _look_at_figures(self) -> None:
        context = self._context
        if not self._spark.figures:
            return
        try:
            seen = look_at_figures(context.places, context.step, self._spark.figures)
        except NoValue as error:
            raise StepEnded(
                ExitCode.LOST,
                f"Result missing: the results of step {context.step.name} do not have its figures: {error}. Check "
                "what the program has written, then retry as a new attempt.",
            ) from error
        add_figures(seen, context.places.outputs)
        for one in seen:
            context.log.info(f"figure: {one}")
        if too_far := [f"{one}, more than {one.figure.most_jump:g} %" for one in seen if one.is_too_far]:
            raise StepEnded(
                ExitCode.APPLICATION,
                f"Figures of step {context.step.name} have moved further than they may: {'; '.join(too_far)}. The "
                "results are in the lane, verified. Skip the step to go on with them, or retry it once its "
                "inputs are right.",
            )

    def _take_charge(self) -> None:
        """Take charge on the lane's volume, too: the Lease goes with its Job, and results may come later."""
        if self._results is not None:
            self._charge.take()

    def _require_charge(self) -> None:
        if not self._context.outage.outlast(self._fence.require, self._context.interruptions.wait):
            self._charge.require()

    def _interrupted(self, interruption: Interrupted) -> StepEnded:
        name = run_identity.job_name(self._context.step)
        where = f"Job {name} in {self._context.cluster.place}"
        if interruption.reason is Reason.EVICTED:
            return StepEnded(
                ExitCode.DETACHED,
                f"This pod was ended without an order; {where} runs on, and the next try of this attempt adopts it.",
            )
        if self._cancel(interruption.deadline):
            return StepEnded(ExitCode.CANCELLED, f"This step was {interruption.reason.value}; {where} was cancelled.")
        return StepEnded(
            ExitCode.CANCELLED,
            f"This step was {interruption.reason.value}, but within the time left nobody confirmed that {where} is "
            "cancelled; the lane's sweeper goes on, check there before starting the step again.",
        )

    def _cancel(self, deadline: float) -> bool:
        step, cluster = self._context.step, self._context.cluster
        target = one_job(cluster, run_identity.job_name(step), spec_hash(self._spark.job), run_identity.selector(step))
        may_appear = self._job_claim is not None and self._job_claim.may_appear
        confirmed = Cancellation(cluster, target, self._fence.require, self._context.log, may_appear=may_appear).run(
            deadline
        )
        if confirmed:
            self._record.forget()
        return confirmed
