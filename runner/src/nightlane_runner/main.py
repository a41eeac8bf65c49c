"""The command line: `nightlane-runner KIND`, with the step's input in NIGHTLANE_STEP."""

import os
import ssl
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from nightlane_runner.api.client import Api
from nightlane_runner.api.cluster import Cluster
from nightlane_runner.api.credential_ends import write_credential_ends
from nightlane_runner.api.errors import ApiRefused, ApiUnknown
from nightlane_runner.api.kubeconfig import UnusableKubeconfig
from nightlane_runner.container.pod_shell import KubectlShell, PodShell
from nightlane_runner.container.websocket_shell import WebSocketShell
from nightlane_runner.document.step import Step
from nightlane_runner.document.step_input import ENVIRONMENT_VARIABLE, StepInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import GO_ON, StepEnded
from nightlane_runner.interruption import Interruptions
from nightlane_runner.lane import night_paths
from nightlane_runner.lane.begun_attempts import mark_begun
from nightlane_runner.lane.full_volume import is_full, lane_volume_full
from nightlane_runner.lane.log_end import write_log_end
from nightlane_runner.lane.places import Places
from nightlane_runner.lane.unwell_volume import lane_volume_unwell
from nightlane_runner.message_limits import MOST_SENTENCE_BYTES, without_middle
from nightlane_runner.outage import Outage
from nightlane_runner.step_log import StepLog, harmless
from nightlane_runner.steps.arguments import job_with_values
from nightlane_runner.steps.calendar_step import run_calendar
from nightlane_runner.steps.context import StepContext
from nightlane_runner.steps.copy_step import CopyStep
from nightlane_runner.steps.exec_step import ExecStep
from nightlane_runner.steps.read_step import read_kept
from nightlane_runner.steps.reap_step import ReapStep
from nightlane_runner.steps.reuse_step import ReuseStep
from nightlane_runner.steps.spark_step import SparkStep
from nightlane_runner.steps.sweep_step import SweepStep
from nightlane_runner.steps.tidy_step import CustomerTidy, LaneTidy, TidyReach
from nightlane_runner.trouble import Reported, Troubles

MOUNT_ROOT_VARIABLE = "NIGHTLANE_MOUNT_ROOT"
"""Folder that holds the container's mounts, for a run outside a container. Default: /."""


class Runner:
    """Runs one step of any kind."""

    def __init__(self, environment: Mapping[str, str], log: StepLog) -> None:
        self._environment = environment
        self._places = Places(Path(environment.get(MOUNT_ROOT_VARIABLE, "/")))
        self._log = log
        self._is_attempt = False
        self._kinds: dict[str, Callable[[StepInput], None]] = {
            "spark": self._spark,
            "job": self._spark,
            "exec": self._exec,
            "copy-in": self._copy_in,
            "copy-out": self._copy_out,
            "reuse": self._reuse,
            "sweep": self._sweep,
            "reap": self._reap,
            "tidy": self._tidy,
            "read": self._read,
            "calendar": self._calendar,
        }

    def run(self, arguments: Sequence[str]) -> ExitCode:
        """Run the step of the kind named by the only argument, and report how it ended."""
        try:
            self._run_kind(arguments)
        except StepEnded as end:
            return self._ended(end)
        except OSError as error:
            ended = lane_volume_full if is_full(error) else lane_volume_unwell
            by_volume = ended(error, self._places.results)
            return self._failed(error) if by_volume is None else self._ended(by_volume)
        except (ApiUnknown, ApiRefused) as error:
            return self._ended(unanswered(error))
        except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, it gets a code and a sentence
            return self._failed(error)
        return ExitCode.DONE

    def _ended(self, end: StepEnded) -> ExitCode:
        self._say_last(end.sentence)
        if isinstance(end, Reported):
            try:
                end.told()
            except OSError as error:
                print(f"that this was reported could not be remembered: {error}", file=sys.stderr)
        # The sentence says everything about tries that follow an outage or an eviction by themselves.
        if end.code not in (ExitCode.INFRASTRUCTURE, ExitCode.DETACHED):
            self._leave_log_end()
        return end.code

    def _failed(self, error: Exception) -> ExitCode:
        # The place, and never the text: a library's error may quote its arguments, such as a credential.
        self._log.info("".join(traceback.format_tb(error.__traceback__)).rstrip())
        reason = f": {os.strerror(error.errno or 0)}" if isinstance(error, OSError) and is_full(error) else ""
        self._say_last(
            f"The runner itself failed ({type(error).__name__}{reason}). Remote work was left alone, and another try "
            "of the same attempt goes on with it; where every try ends like this, report the lines above to "
            f"Nightlane's maintainers, have another release deployed, {GO_ON}."
        )
        self._leave_log_end()
        return ExitCode.INFRASTRUCTURE

    def _leave_log_end(self) -> None:
        if not self._is_attempt:
            return
        try:
            write_log_end(self._log.last_lines(), self._places.outputs)
        except OSError as error:
            print(f"the end of the log was not left for the run record: {error}", file=sys.stderr)

    def _run_kind(self, arguments: Sequence[str]) -> None:
        kind = self._kinds.get(arguments[0]) if len(arguments) == 1 else None
        if kind is None:
            raise StepEnded(
                ExitCode.BAD_INPUT,
                f"nightlane-runner: got {' '.join(arguments) or 'no argument'}, needs exactly one kind of "
                "step; use one of "
                f"{', '.join(self._kinds)}.",
            )
        kind(StepInput(self._environment.get(ENVIRONMENT_VARIABLE)))

    def _spark(self, given: StepInput) -> None:
        step, spark = given.spark()
        context = self._context(step)
        spark = replace(spark, job=job_with_values(context, spark.job))
        SparkStep(context, spark, self._shell(step.namespace)).run()

    def _exec(self, given: StepInput) -> None:
        step, command = given.exec()
        ExecStep(self._context(step), command, self._shell(step.namespace)).run()

    def _copy_in(self, given: StepInput) -> None:
        step, copy = given.copy()
        CopyStep(self._context(step), copy, self._shell(step.namespace)).copy_in()

    def _copy_out(self, given: StepInput) -> None:
        step, copy = given.copy()
        CopyStep(self._context(step), copy, self._shell(step.namespace)).copy_out()

    def _reuse(self, given: StepInput) -> None:
        step, reuse = given.reuse()
        ReuseStep(self._context(step), reuse, self._shell(step.namespace)).run()

    def _sweep(self, given: StepInput) -> None:
        step, sweep = given.sweep()
        SweepStep(self._context(step), sweep).run()

    def _reap(self, given: StepInput) -> None:
        reap = given.reap()
        interruptions = Interruptions(self._places, self._log)
        interruptions.listen()
        api = self._api()
        # A reaper has no patience: it decides nothing if nobody answers.
        outage = Outage(api.server, 0, self._log)
        ReapStep(Cluster(api, reap.namespace), outage, reap, interruptions.wait, self._log).run()

    def _tidy(self, given: StepInput) -> None:
        tidy = given.tidy()
        lane = LaneTidy(self._places, tidy, self._log)
        # First, whatever the state of the customer's cluster and credential.
        lane.run()
        interruptions = Interruptions(self._places, self._log)
        interruptions.listen()
        api = self._api()
        reach = TidyReach(Cluster(api, tidy.namespace), Outage(api.server, 0, self._log), interruptions, self._log)
        CustomerTidy(reach, self._places, tidy, self._shell(tidy.namespace)).run(lane.dates_left())

    def _read(self, given: StepInput) -> None:
        read_kept(given.read(), self._places, sys.stdout)

    def _calendar(self, given: StepInput) -> None:
        calendar, claim = given.calendar()
        # Each night runs its calendar step, so each night finds out.
        write_credential_ends(self._places.kubeconfig, self._places.outputs, self._log)
        run_calendar(calendar, claim, self._places, self._log)

    def _context(self, step: Step) -> StepContext:
        interruptions = Interruptions(self._places, self._log)
        interruptions.listen()
        self._is_attempt = True
        mark_begun(self._places, step, self._log)
        self._log.keep_in(night_paths.lane_log(self._places, step))
        api = self._api()
        troubles = Troubles(night_paths.lane_troubles(self._places, step), step.trouble_seconds, self._log)
        return StepContext(
            step=step,
            places=self._places,
            cluster=Cluster(api, step.namespace),
            outage=Outage(api.server, step.outage_budget_seconds, self._log, troubles),
            troubles=troubles,
            interruptions=interruptions,
            log=self._log,
        )

    def _api(self) -> Api:
        try:
            return Api(self._places.kubeconfig, self._places.scratch, self._places.addresses)
        except (OSError, UnusableKubeconfig, ssl.SSLError) as error:
            raise StepEnded(
                ExitCode.BAD_INPUT,
                f"The credential in {self._places.kubeconfig} cannot be used: {error}. Deploy the lane with a "
                "good one.",
            ) from error

    def _shell(self, namespace: str) -> PodShell:
        return WebSocketShell(self._places, namespace, KubectlShell(self._places, namespace))

    def _say_last(self, sentence: str) -> None:
        whole = harmless(sentence)
        shown = without_middle(whole, MOST_SENTENCE_BYTES)
        if shown != whole:
            self._log.info(whole)
        self._log.end(shown)
        try:
            self._places.termination_log.write_text(shown, encoding="utf-8")
        except OSError as error:
            # The sentence must stay the log's last line; this one is for a person at a terminal.
            print(f"no termination message was left: {error}", file=sys.stderr)


def unanswered(error: ApiUnknown | ApiRefused) -> StepEnded:
    """Return the end of a step in which a request failed in a way that the step does not handle."""
    return StepEnded(
        ExitCode.INFRASTRUCTURE,
        f"A request to the customer's API server went wrong ({error}). Remote work was left alone, and another try of "
        f"the same attempt goes on with it; where every try ends like this, have that answer checked, {GO_ON}.",
    )


def run() -> None:
    """Run the step that the command line names, and exit with its code."""
    sys.exit(Runner(os.environ, StepLog()).run(sys.argv[1:]))
