"""Reports trouble while it can be fixed: a runner is only heard when its try ends, so it ends one to report.

Nobody but the customer's cluster hears a runner that runs; of one that has ended, the workflow keeps the last sentence.
So a try that has been in trouble for some minutes ends, once, with a sentence that begins with TROUBLE. The remote work
is left as it is, and the next try of the same attempt goes on with it, as patiently as before. When the trouble is
over, that one ends the same way, with OVER, and the work goes on in a third. How long each trouble is tolerated is not
decided here.
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.json_tree import number_at, text_at
from nightlane_runner.lane.folder import write_durably
from nightlane_runner.step_log import StepLog

MOST_REPORTS = 4
"""Ends of tries that one attempt may spend on reports: each is a node of the workflow, and one of its limited tries."""

_NEVER = float("inf")


class TroubleKind(StrEnum):
    """What keeps a step from going on. Nightwatch and the command read the values from the workflow."""

    UNREACHABLE = "unreachable"
    """The customer's API server does not answer."""

    CREDENTIAL = "credential"
    """It answers, but does not accept the credential."""

    CERTIFICATE = "certificate"
    """Its certificate is not trusted, or the client's is not."""

    QUOTA = "quota"
    """No pod is made, since the customer's quota has no room."""

    NO_POD = "no-pod"
    """No pod is made for another reason: a policy, a missing service account."""

    UNSCHEDULABLE = "unschedulable"
    """No node takes the pod."""

    IMAGE = "image"
    """The image cannot be pulled."""

    STARTING = "starting"
    """The pod has a node but does not start to run."""

    NODE_LOST = "node-lost"
    """The driver's node does not answer, or its pod is being deleted and does not go."""

    SUSPENDED = "suspended"
    """The Job was suspended in the customer's cluster, by a person or by a queue."""

    EXECUTORS = "executors"
    """The driver runs, and no node takes any of its executors, or none is made."""

    IDLE = "idle"
    """The driver runs, writes nothing and has no executors: it may have done its work without ending."""

    NOT_READY = "not-ready"
    """No pod of the application is Ready."""

    CONNECTION = "connection"
    """The connection to a container cannot be made, or breaks again and again."""


REACHING = (TroubleKind.UNREACHABLE, TroubleKind.CREDENTIAL, TroubleKind.CERTIFICATE)
"""Troubles that any answer of the API server ends."""

TO_RUN = (
    TroubleKind.QUOTA,
    TroubleKind.NO_POD,
    TroubleKind.UNSCHEDULABLE,
    TroubleKind.IMAGE,
    TroubleKind.STARTING,
    TroubleKind.NODE_LOST,
)
"""Troubles that a running driver ends."""


class Reported(StepEnded):
    """The try ended in order to report, and for no other reason.

    Attributes:
        told: remembers that the report was made; called once its sentence is where the workflow finds it. May raise
            OSError.

    """

    def __init__(self, sentence: str, told: Callable[[], None]) -> None:
        super().__init__(ExitCode.REPORT, sentence)
        self.told = told


class Troubles:
    """The troubles of one attempt, and which of them was reported, by this try or an earlier one.

    Args:
        file: where the attempt remembers what it has reported.
        seconds: how long a trouble lasts before it is reported.
        log: for what could not be reported.
        clock: the monotonic one.
        today: the time for people. Never compared with a time of the customer's cluster.

    """

    def __init__(
        self,
        file: Path,
        seconds: float,
        log: StepLog,
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._file = file
        self._seconds = seconds
        self._log = log
        self._clock = clock
        self._today = today
        self._kind: TroubleKind | None = None
        self._began = 0.0
        self._silent = False
        self._reported, self._reports = self._remembered()

    def lasts(self, kind: TroubleKind, sentence: Callable[[], str], began: float | None = None) -> float:
        """Note that the step is in this trouble, and return in how many seconds to report it.

        Args:
            kind: what trouble.
            sentence: returns the full description, if it comes to that.
            began: when it began, by the monotonic clock. Default: when it was first noted.

        Raises:
            Reported: it has lasted for long enough, and was not reported before.
            OSError: likewise, but the lane's volume does not take what was reported: without that, every try would
                report. Nothing can be put into place on such a volume either.

        """
        now = self._clock()
        if kind is not self._kind:
            self._kind, self._began = kind, now
        since = self._began if began is None else began
        if self._reported is kind:
            return _NEVER
        left = since + self._seconds - now
        if left > 0:
            return left
        # An attempt's last report is reserved for the end of the trouble.
        if self._reports >= MOST_REPORTS - 1:
            self._give_up()
            return _NEVER
        stamp = (self._today() - timedelta(seconds=now - since)).strftime("%Y-%m-%dT%H:%M:%SZ")
        said = f"TROUBLE {kind} since {stamp}: {sentence()}"
        try:
            report = self._report(kind, f"{said} Nothing is lost: the next try goes on.")
        except OSError:
            self._log.info(said)
            raise
        raise report

    def over(self, *kinds: TroubleKind) -> None:
        """Note that the step is in none of these troubles.

        Raises:
            Reported: one of them was reported before.

        """
        if self._kind in kinds:
            self._kind = None
        reported = self._reported
        if reported not in kinds:
            return
        if self._reports >= MOST_REPORTS:
            self._give_up()
            return
        try:
            report = self._report(None, f"OVER {reported}: it is over, and the next try goes on.")
        except OSError as error:
            # The step is well, and goes on.
            self._reported = None
            self._log.info(f"the end of the trouble {reported} is not reported: {error}")
            return
        raise report

    def is_reported(self, kind: TroubleKind) -> bool:
        """Return whether this trouble is the one that people know about."""
        return self._reported is kind

    def _remembered(self) -> tuple[TroubleKind | None, int]:
        try:
            tree = json.loads(self._file.read_text(encoding="utf-8"))
            kind = text_at(tree, "reported")
            return TroubleKind(kind) if kind else None, number_at(tree, "reports")
        except FileNotFoundError:
            return None, 0
        except (OSError, ValueError) as error:
            self._log.info(f"what was reported cannot be read, and may be reported again: {error}")
            return None, 0

    def _report(self, kind: TroubleKind | None, sentence: str) -> Reported:
        """Count a report that is about to be made; raises OSError.

        A runner that is lost before it has told it leaves what was reported before, so the next one makes it again.
        """
        reports = self._reports + 1
        self._remember(self._reported, reports)
        return Reported(sentence, lambda: self._remember(kind, reports))

    def _remember(self, kind: TroubleKind | None, reports: int) -> None:
        write_durably(self._file, json.dumps({"reported": kind or "", "reports": reports}))

    def _give_up(self) -> None:
        if not self._silent:
            self._silent = True
            made = f"{self._reports} reports were made"
            self._log.info(f"trouble of this attempt is no longer reported while it lasts ({made})")
