"""Tries a copy again when its connection breaks: a copy that starts over does no harm."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from nightlane_runner.container.archive import UnsafeArchive
from nightlane_runner.container.pod_shell import PodShell
from nightlane_runner.container.ready_pod import find_container
from nightlane_runner.container.shell_session import ContentDiffers, TransportFailed, is_refusal
from nightlane_runner.container.transfer import NEEDED_PROGRAMS
from nightlane_runner.container.work import ContainerWork, OutOfTime
from nightlane_runner.document.step import ContainerChoice
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import GO_ON, StepEnded
from nightlane_runner.lane.full_volume import is_full, require_remote_room
from nightlane_runner.pauses import Pauses
from nightlane_runner.steps.context import StepContext
from nightlane_runner.trouble import TroubleKind

_Outcome = TypeVar("_Outcome")

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 60.0

REFUSED_PAUSE_SECONDS = 20.0
"""Pause after a failure for which trying again rarely helps: long enough for what is temporary on the other side."""

MOST_REFUSALS = 3
"""After so many of those in a row a person is needed."""

MOST_DIFFERENCES = 2
"""How often in a row what arrived may differ from what was announced: once for a writer that was not done yet."""


def copy_with_tries(
    context: StepContext,
    shell: PodShell,
    choice: ContainerChoice,
    limit_seconds: float,
    copy: Callable[[ContainerWork], _Outcome],
    needed_programs: Sequence[str] = NEEDED_PROGRAMS,
    progress: Callable[[], int] = lambda: 0,
    check: Callable[[], None] | None = None,
) -> _Outcome:
    """Return what `copy` returns, trying until it succeeds or the wall-clock limit is over.

    Each try looks for the container again, since its pod may have been replaced.

    Args:
        context: the step's surroundings.
        shell: the way into containers.
        choice: which container.
        limit_seconds: for all tries together.
        copy: one try.
        needed_programs: what the container must have besides sh; none if the image is the runner's.
        progress: how much of what has come need not come again. Patience starts over when it grows; a copy that
            starts over has none, however long its tries hold.
        check: called all the time while it copies; raises to give up. Default: asks for orders and signals.

    Raises:
        StepEnded: INFRASTRUCTURE when the limit is over, the connection breaks again and again or the lane's volume
            does not take the files; BAD_INPUT for what only a person can change: a refusal, programs that the
            container lacks, links and devices, which are not copied, a full volume of the container's; LOST
            for content that is not what was announced.
        OSError: the lane's volume is full.
        Reported: the copy has broken again and again for long enough to be reported, or it is tried after that was.

    """
    deadline = time.monotonic() + limit_seconds
    breaks = _Breaks(context, progress)
    while True:
        asked = time.monotonic()
        container = find_container(context, choice)
        breaks.excuse(time.monotonic() - asked)
        try:
            work = ContainerWork(shell, container, check or context.interruptions.check, deadline)
            if needed_programs or context.troubles.is_reported(TroubleKind.CONNECTION):
                work.require_programs(*needed_programs)
                context.troubles.over(TroubleKind.CONNECTION)
            return copy(work)
        except TransportFailed as error:
            labels = ", ".join(f"{key}={value}" for key, value in sorted(choice.selector.items()))
            require_remote_room(str(error), f"the pod with {labels} in {context.cluster.place}")
            pause = breaks.pause(error)
        except OutOfTime as error:
            raise _out_of_time(context, limit_seconds, breaks.last) from error
        except UnsafeArchive as error:
            raise StepEnded(
                ExitCode.BAD_INPUT,
                f"Step {context.step.name}: {error}. Only files and folders are copied; pack the rest.",
            ) from error
        except OSError as error:
            if is_full(error):
                raise
            raise StepEnded(
                ExitCode.INFRASTRUCTURE,
                f"Step {context.step.name}: the lane's results volume cannot be read or written ({error}). "
                f"Have its space and state checked, {GO_ON}.",
            ) from error
        if time.monotonic() + pause >= deadline:
            raise _out_of_time(context, limit_seconds, breaks.last)
        context.log.info(f"the copy broke ({breaks.last}); starting it over in {pause:.0f} s")
        context.interruptions.wait(pause)


class _Breaks:
    """The failures of one copy so far, and how long to go on trying."""

    def __init__(self, context: StepContext, progress: Callable[[], int]) -> None:
        self.last = "no try ended"
        self._context = context
        self._progress = progress
        self._carried = progress()
        self._pauses = Pauses(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        self._began: float | None = None
        self._refusals = 0
        self._differences = 0

    def excuse(self, seconds: float) -> None:
        """Do not count the time in which no pod was Ready: the connection is not to blame for it."""
        if self._began is not None:
            self._began += seconds

    def pause(self, error: TransportFailed) -> float:
        """Note a failure and return how many seconds to wait before the next try."""
        if (carried := self._progress()) > self._carried:
            self._carried, self._began = carried, None
            self._pauses.reset()
        self.last = str(error)
        step = self._context.step
        self._refusals = self._refusals + 1 if is_refusal(error) else 0
        self._differences = self._differences + 1 if isinstance(error, ContentDiffers) else 0
        if self._refusals >= MOST_REFUSALS:
            raise StepEnded(
                ExitCode.BAD_INPUT,
                f"Step {step.name}: the copy was refused {self._refusals} times in a row ({error}). Nothing incomplete "
                f"was put into place; have that changed in the customer's cluster, {GO_ON}.",
            )
        if self._differences >= MOST_DIFFERENCES:
            raise StepEnded(
                ExitCode.LOST,
                f"Step {step.name}: everything arrived as it was sent, {self._differences} times, but {error}. "
                "Nothing was put into place; have the application checked: it announces what it has not written, or "
                "something of it still writes after its end. Then retry.",
            )
        if self._refusals or self._differences:
            return REFUSED_PAUSE_SECONDS
        return min(self._pauses.next(), self._patience(error))

    def _patience(self, error: TransportFailed) -> float:
        """Return how many seconds are left until the breaking connection is reported, or ends this try."""
        context = self._context
        now = time.monotonic()
        began = self._began = now if self._began is None else self._began
        left = began + context.step.outage_budget_seconds - now
        if left <= 0:
            raise StepEnded(
                ExitCode.INFRASTRUCTURE,
                f"Step {context.step.name}: the copy has broken again and again for {now - began:.0f} s (last: "
                f"{error}). Nothing incomplete was put into place; check the connection to the customer's cluster, "
                f"{GO_ON}.",
            )
        sentence = f"The copy of step {context.step.name} breaks again and again ({error})."
        return min(left, context.troubles.lasts(TroubleKind.CONNECTION, lambda: sentence, began))


def _out_of_time(context: StepContext, limit_seconds: float, last: str) -> StepEnded:
    return StepEnded(
        ExitCode.INFRASTRUCTURE,
        f"Step {context.step.name}: the copy did not succeed within {limit_seconds:.0f} s (last: {last}). Nothing "
        f"incomplete was put into place; check the connection to the customer's cluster, {GO_ON}.",
    )
