"""The step `exec`: a command in a customer's container, run once, whose success counts only if its end was seen."""

import time

from nightlane_runner.api.errors import remedy_of
from nightlane_runner.container import remote_scripts
from nightlane_runner.container.pod_shell import PodContainer, PodShell
from nightlane_runner.container.ready_pod import find_container
from nightlane_runner.container.shell_session import ShellSession, TransportFailed, is_refusal
from nightlane_runner.container.work import ContainerWork, OutOfTime
from nightlane_runner.document.step import ExecInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.interruption import Interrupted, Reason
from nightlane_runner.json_tree import JsonObject, number_at, text_at
from nightlane_runner.lane import night_paths
from nightlane_runner.lane.attempt_record import AttemptRecord
from nightlane_runner.lane.begun_attempts import require_newest
from nightlane_runner.pauses import Pauses
from nightlane_runner.steps.arguments import filled
from nightlane_runner.steps.context import StepContext
from nightlane_runner.steps.early_end import NOT_ENDED, end_command
from nightlane_runner.trouble import TroubleKind

NEEDED_PROGRAMS = ("printf",)
"""What a container must have besides sh; for ending the command early also tr, grep and sleep."""

_FIRST_PAUSE_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 30.0
REFUSED_PAUSE_SECONDS = 20.0
"""Pause after a refusal: long enough for an API server that has just started and does not know its roles yet."""

_MOST_REFUSALS = 3
"""After this many refusals in a row a person is needed."""

_LONGEST_LINE_BYTES = 64 * 1024


class ExecStep:
    """Runs one command.

    The command starts only once the container has answered and got the signal to go on. A connection that breaks
    before that is tried again; one that breaks later leaves the outcome unknown, and then a person decides, since
    nobody knows whether the command may be run twice.
    """

    def __init__(self, context: StepContext, command: ExecInput, shell: PodShell) -> None:
        self._context = context
        self._command = command
        self._words = [str(word) for word in filled(context, command.command)]
        self._shell = shell
        self._record = AttemptRecord(night_paths.lane_record(context.places, context.step))
        self._started_in: PodContainer | None = None
        self._early_end = NOT_ENDED

    def run(self) -> None:
        """Run the command; returns once it has ended with status 0.

        Raises:
            StepEnded: APPLICATION for another status or too long a run; LOST if its outcome is unknown, or it was told
                to end and has not; INFRASTRUCTURE if it never started; DETACHED if another runner of this attempt has
                started it at the same time; BAD_INPUT if it may not be started.
            Reported: it has not started for long enough to be reported. One that has started never ends for that.

        """
        status = self._earlier_status()
        try:
            if status is None:
                status = self._run_once_connected()
        except Interrupted as interruption:
            raise self._interrupted(interruption) from interruption
        except OutOfTime as error:
            raise self._out_of_time() from error
        if status != 0:
            raise StepEnded(
                ExitCode.APPLICATION,
                f"The command of step {self._context.step.name} ended with status {status}"
                f"{f' in {self._started_in}' if self._started_in else ''}. "
                "Read its output above, then retry as a new attempt.",
            )

    def _earlier_status(self) -> int | None:
        """Return how the command ended, if an earlier runner of this attempt has seen it; None if none started it."""
        record = self._record.read()
        if "ended" in record:
            return self._status_of(record)
        if text_at(record, "pod"):
            raise StepEnded(
                ExitCode.LOST,
                f"An earlier runner of this attempt started the command in pod {text_at(record, 'pod')} (process "
                f"{number_at(record, 'pid')}) and did not see its end; it may have ended or may still run. "
                "Look there, "
                "then retry as a new attempt to run it again, or skip.",
            )
        return None

    def _status_of(self, record: JsonObject) -> int:
        status = number_at(record, "ended")
        self._context.log.info(
            f"the command ended with status {status} in pod {text_at(record, 'pod')}, as another runner of this "
            "attempt has seen; it is not run again"
        )
        return status

    def _status_elsewhere(self) -> int:
        """Return how the command ended, if another runner of this attempt has started it since this one began.

        Raises:
            StepEnded: DETACHED if it may still run.

        """
        record = self._record.read()
        if "ended" in record:
            return self._status_of(record)
        raise StepEnded(
            ExitCode.DETACHED,
            f"Another runner of this attempt has started the command in pod {text_at(record, 'pod')} (process "
            f"{number_at(record, 'pid')}); this one has not run it. The next try of this attempt reports how it "
            "ended, if that was seen.",
        )

    def _remember_end(self, started: JsonObject, status: int) -> None:
        """Remember how it ended until the workflow knows: a runner that dies in between is followed by another one."""
        try:
            self._record.write({**started, "ended": status})
        except (StepEnded, OSError) as error:
            self._context.log.info(f"how the command ended could not be kept on the lane's volume: {error}")

    def _run_once_connected(self) -> int:
        end = time.monotonic() + self._command.timeout_seconds
        pauses = Pauses(_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS)
        began: float | None = None
        refusals = 0
        while True:
            try:
                return self._try(end)
            except TransportFailed as error:
                if self._started_in is not None:
                    raise self._outcome_unknown(error) from error
                began = time.monotonic() if began is None else began
                refusals = refusals + 1 if is_refusal(error) else 0
                patience = self._patience(error, began, refusals)
                wait = min(REFUSED_PAUSE_SECONDS if refusals else pauses.next(), patience)
                if time.monotonic() + wait >= end:
                    raise OutOfTime from error
                self._context.log.info(f"the command has not started ({error}); trying again in {wait:.0f} s")
            self._context.interruptions.wait(wait)

    def _patience(self, error: TransportFailed, began: float, refusals: int) -> float:
        """Return how many seconds are left until what keeps the command from starting is reported, or ends this try."""
        context, name = self._context, self._context.step.name
        if refusals >= _MOST_REFUSALS:
            raise StepEnded(
                ExitCode.BAD_INPUT,
                f"The command of step {name} may not be started: {error}. It has not run; "
                f"{remedy_of(str(error))}, then retry.",
            )
        away = time.monotonic() - began
        if away >= context.step.outage_budget_seconds:
            raise StepEnded(
                ExitCode.INFRASTRUCTURE,
                f"The command of step {name} could not be started for {away:.0f} s (last: {error}); it has not run. "
                "Check the connection to the customer's cluster, then retry.",
            )
        sentence = f"The command of step {name} cannot be started ({error}); it has not run."
        report = context.troubles.lasts(TroubleKind.CONNECTION, lambda: sentence, began)
        return min(report, context.step.outage_budget_seconds - away)

    def _try(self, end: float) -> int:
        context = self._context
        target = find_container(context, self._command.target)
        work = ContainerWork(self._shell, target, context.interruptions.check, end)
        work.require_programs(*NEEDED_PROGRAMS)
        context.troubles.over(TroubleKind.CONNECTION)
        with work.session(
            remote_scripts.RUN_COMMAND, self._words, lambda line: context.log.relay("stderr", line)
        ) as session:
            session.wait_until_begun()
            started: JsonObject = {"pod": target.pod, "pid": session.remote_pid, "nonce": session.nonce}
            # An interruption takes effect here, and no more once the record is there.
            work.check()
            require_newest(context.places, context.step)
            if not self._record.create(started):
                return self._status_elsewhere()
            self._start(session)
            self._started_in = target
            context.log.info(f"running {self._words[0]} in {target}")
            try:
                self._relay_output(session)
                ending = session.ending()
            except (Interrupted, OutOfTime) as early:
                if not (isinstance(early, Interrupted) and early.reason is Reason.EVICTED):
                    self._early_end = end_command(self._shell, target, session, context.log)
                raise
            self._remember_end(started, ending.status)
            context.log.info(f"the command ended with status {ending.status}")
            return ending.status

    def _start(self, session: ShellSession) -> None:
        """Signal the script to start the command; unless that may and can be sent, nothing is remembered of it."""
        try:
            # Once more: on a volume that hangs, the record may have taken as long as a person who retries.
            require_newest(self._context.places, self._context.step)
            session.send_word(b"go\n")
        except (StepEnded, TransportFailed, OSError):
            self._record.forget()
            raise

    def _relay_output(self, session: ShellSession) -> None:
        """Relay until the script signals that the command's output is over; raises TransportFailed if it never does."""
        rest, blank = b"", False
        while chunk := session.read():
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                if session.is_end(line):
                    return
                if blank:
                    self._context.log.relay("stdout", "")
                # An empty line may be the one before the last words.
                if blank := not line:
                    continue
                self._context.log.relay("stdout", line.decode("utf-8", "replace"))
            if len(rest) > _LONGEST_LINE_BYTES:
                blank = False
                self._context.log.relay("stdout", rest.decode("utf-8", "replace"))
                rest = b""
        if rest:
            self._context.log.relay("stdout", rest.decode("utf-8", "replace"))
        raise TransportFailed(session.errors() or "the command's output was cut")

    def _interrupted(self, interruption: Interrupted) -> StepEnded:
        name = self._context.step.name
        if self._started_in is None:
            return interruption.ended(f"Step {name}", "before its command started.")
        if interruption.reason is Reason.EVICTED:
            return StepEnded(
                ExitCode.LOST,
                f"This pod was ended while the command of step {name} ran in {self._started_in}; nobody "
                "sees its end "
                "now. Check there, then retry as a new attempt to run it again, or skip.",
            )
        return StepEnded(
            ExitCode.CANCELLED if self._early_end.is_certain else ExitCode.LOST,
            f"Step {name} was {interruption.reason.value}; its command in {self._started_in} {self._early_end.words}."
            f"{f' {self._early_end.remedy}.' if self._early_end.remedy else ''}",
        )

    def _out_of_time(self) -> StepEnded:
        name, limit = self._context.step.name, self._command.timeout_seconds
        if self._started_in is None:
            return StepEnded(
                ExitCode.INFRASTRUCTURE,
                f"The command of step {name} could not be started within {limit} s; it has not run. Look at the "
                "connection to the customer's cluster, then retry.",
            )
        return StepEnded(
            ExitCode.APPLICATION if self._early_end.is_certain else ExitCode.LOST,
            f"The command of step {name} in {self._started_in} did not end within {limit} s and "
            f"{self._early_end.words}. {self._early_end.remedy or 'Give it more time, or retry as a new attempt'}.",
        )

    def _outcome_unknown(self, error: TransportFailed) -> StepEnded:
        return StepEnded(
            ExitCode.LOST,
            f"The connection to {self._started_in} broke while the command of step {self._context.step.name} "
            f"ran ({error}); "
            "it may have ended or may still run. Check there, then retry as a new attempt to run it again, or skip.",
        )
