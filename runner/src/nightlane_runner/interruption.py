"""Who wants the step to end early, and whether its remote work should go on."""

import signal
import time
from dataclasses import dataclass
from enum import Enum
from types import FrameType

from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane.places import Places
from nightlane_runner.orders import STOP, read_order
from nightlane_runner.pauses import pause
from nightlane_runner.step_log import StepLog

GRACE_SECONDS = 25.0
"""How long a cancellation may take. Kubernetes kills the container 30 s after the first signal."""


class Reason(Enum):
    """Why a step ends early."""

    EVICTED = "ended without an order"
    """The container must end: the remote work goes on and is adopted by the next runner, if there is one."""

    STOPPED = "stopped by the operator"
    """The operator ordered it: the remote work is cancelled."""


class Interrupted(Exception):
    """Raised at the next safe point after an interruption.

    Attributes:
        reason: why.
        deadline: by the monotonic clock, when the container may be killed.

    """

    def __init__(self, reason: Reason, deadline: float) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.deadline = deadline

    def ended(self, what: str, rest: str) -> StepEnded:
        """Return the end of a step that leaves nothing half done: another try follows, or the operator wants none."""
        code = ExitCode.DETACHED if self.reason is Reason.EVICTED else ExitCode.CANCELLED
        return StepEnded(code, f"{what} was {self.reason.value} {rest}")


@dataclass(slots=True)
class _Signal:
    received: float | None = None


class Interruptions:
    """Watches for SIGTERM and for orders.

    Only an order takes remote work back. A SIGTERM reveals that this container must end, but not why: an eviction under
    pressure leaves no second to report it. What a night that was ended leaves behind is for its exit handler.
    """

    def __init__(self, places: Places, log: StepLog) -> None:
        self._places = places
        self._log = log
        self._signal = _Signal()
        self._unknown_order = ""

    def listen(self) -> None:
        """Handle SIGTERM and SIGINT (the latter for a run on a laptop)."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def check(self) -> None:
        """Raise Interrupted if the step should end."""
        received = self._signal.received
        order = read_order(self._places.annotations)
        if order == STOP:
            began = time.monotonic() if received is None else received
            raise Interrupted(Reason.STOPPED, began + GRACE_SECONDS)
        if received is not None:
            raise Interrupted(Reason.EVICTED, received + GRACE_SECONDS)
        if order != self._unknown_order:
            self._unknown_order = order
            if order:
                self._log.info(f"the order {order!r} is not known and ignored; known is {STOP!r}")

    def wait(self, seconds: float) -> None:
        """Wait that long; raises Interrupted as soon as the step should end."""
        pause(seconds, self.check)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._signal.received is None:
            self._signal.received = time.monotonic()
