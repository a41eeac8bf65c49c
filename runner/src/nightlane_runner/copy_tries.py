"""Tries a copy again when its connection breaks: a copy that starts over does no harm."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from nightlane_runner.archive import UnsafeArchive
from nightlane_runner.container_work import ContainerWork, OutOfTime
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.full_volume import is_full, require_remote_room
from nightlane_runner.pod_shell import PodShell
from nightlane_runner.ready_pod import find_container
from nightlane_runner.shell_session import TransportFailed
from nightlane_runner.step import ContainerChoice
from nightlane_runner.step_context import StepContext
from nightlane_runner.transfer import NEEDED_PROGRAMS

_Outcome = TypeVar("_Outcome")

_FIRST_PAUSE_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 60.0


def copy_with_tries(
    context: StepContext,
    shell: PodShell,
    choice: ContainerChoice,
    limit_seconds: float,
    copy: Callable[[ContainerWork], _Outcome],
    needed_programs: Sequence[str] = NEEDED_PROGRAMS,
) -> _Outcome:
    """Return what `copy` returns, trying until it succeeds or the wall-clock limit is over.

    Each try looks for the container anew, since its pod may have been replaced.

    Args:
        context: the step's surroundings.
        shell: the way into containers.
        choice: which container.
        limit_seconds: for all tries together.
        copy: one try.
        needed_programs: what the container must have besides sh; none where the image is our own.

    Raises:
        StepEnded: INFRASTRUCTURE when the limit is over or the lane's volume does not take the files; BAD_INPUT
            for programs that the container lacks, for links and devices, which are not carried, and for a volume of
            the container's that is full.
        OSError: the lane's volume is full.

    """
    deadline = time.monotonic() + limit_seconds
    pause = _FIRST_PAUSE_SECONDS
    last = "no try ended"
    while True:
        try:
            work = ContainerWork(shell, find_container(context, choice), context.interruptions.check, deadline)
            if needed_programs:
                work.require_programs(*needed_programs)
            return copy(work)
        except TransportFailed as error:
            last = str(error)
            labels = ", ".join(f"{key}={value}" for key, value in sorted(choice.selector.items()))
            require_remote_room(last, f"the pod with {labels} in {context.cluster.place}")
        except OutOfTime as error:
            raise _out_of_time(context, limit_seconds, last) from error
        except UnsafeArchive as error:
            raise StepEnded(
                ExitCode.BAD_INPUT,
                f"Step {context.step.name}: {error}. Only files and folders are carried; pack the rest.",
            ) from error
        except OSError as error:
            if is_full(error):
                raise
            raise StepEnded(
                ExitCode.INFRASTRUCTURE,
                f"Step {context.step.name}: the lane's results volume does not take or give the files ({error}). "
                "Have its space and state looked at, then retry.",
            ) from error
        if time.monotonic() + pause >= deadline:
            raise _out_of_time(context, limit_seconds, last)
        context.log.info(f"the copy broke ({last}); starting it over in {pause:.0f} s")
        context.interruptions.wait(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


def _out_of_time(context: StepContext, limit_seconds: float, last: str) -> StepEnded:
    return StepEnded(
        ExitCode.INFRASTRUCTURE,
        f"Step {context.step.name}: the copy did not succeed within {limit_seconds:.0f} s (last: {last}). Nothing "
        "incomplete was put into place; look at the connection to the customer's cluster, then retry.",
    )
