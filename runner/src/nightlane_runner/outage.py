"""Patience with an API server that does not answer: UNKNOWN is not FAILED."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from nightlane_runner.api.errors import ApiRefused, ApiUnknown, NotPermitted
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.pauses import Pauses
from nightlane_runner.step_log import StepLog
from nightlane_runner.trouble import REACHING, Troubles

_Answer = TypeVar("_Answer")

FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 30.0

REFUSAL_SECONDS = 120.0
"""How long a request may be forbidden: an API server that has just started knows its permissions well before."""

_LEFT_ALONE = "A Job that runs on is left alone for as long as its step may take; then the lane's reaper removes it."


class Outage:
    """Counts how long the API server has been away, by the monotonic clock.

    An answer of any kind ends the outage; only an uninterrupted one uses up the budget. Refusals in the midst of it
    neither end it nor restart it; as long as there is nothing but refusals, there is less time for them.

    Args:
        server: its address, for messages.
        budget_seconds: how long it may be away before the try gives up.
        log: for what a person should know.
        troubles: is notified of an outage that lasts; None if nobody waits for the work.
        clock: the monotonic one.
        jitter: a random number below 1.

    """

    def __init__(
        self,
        server: str,
        budget_seconds: float,
        log: StepLog,
        troubles: Troubles | None = None,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._server = server
        self._budget_seconds = budget_seconds
        self._log = log
        self._troubles = troubles
        self._clock = clock
        self._pauses = Pauses(FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS, jitter)
        self._began: float | None = None
        self._refused_since: float | None = None

    @property
    def ongoing(self) -> bool:
        """Whether the last request remained unanswered."""
        return self._began is not None

    def failed(self, error: ApiUnknown) -> float:
        """Note a request without an answer and return how many seconds to wait before the next.

        Raises:
            StepEnded: INFRASTRUCTURE when the budget is used up.
            Reported: the outage has lasted for long enough to be reported.

        """
        now = self._clock()
        refused = isinstance(error, NotPermitted)
        turned = self._began is None or refused != (self._refused_since is not None)
        began = self._began = now if self._began is None else self._began
        self._refused_since = (now if self._refused_since is None else self._refused_since) if refused else None
        budget = min(self._budget_seconds, REFUSAL_SECONDS) if refused else self._budget_seconds
        away = now - (began if self._refused_since is None else self._refused_since)
        if turned:
            self._log.info(
                f"UNKNOWN: the API server {self._server} "
                f"{'forbids what it is asked' if refused else 'does not answer'} ({error}); "
                f"remote work is left alone, trying again for up to {max(budget - away, 0):.0f} s"
            )
        if away >= budget:
            raise self._exhausted(error, away, budget)
        report = self._report(error, began)
        return min(self._pauses.next(), budget - away, report)

    def answered(self) -> None:
        """Note that the API server answered; raises Reported if its absence was reported before."""
        if self._began is not None:
            away = self._clock() - self._began
            self._log.info(f"the API server {self._server} answers again after {away:.0f} s")
        self._began = self._refused_since = None
        self._pauses.reset()
        if self._troubles is not None:
            self._troubles.over(*REACHING)

    def outlast(self, ask: Callable[[], _Answer], wait: Callable[[float], None]) -> _Answer:
        """Return the answer to `ask`, asking again until there is one.

        Args:
            ask: one request; ApiUnknown makes it be repeated, and so does 403 for a while; any other ApiRefused is an
                answer and passes through.
            wait: waits that many seconds, and may raise to give up.

        """
        while True:
            try:
                answer = ask()
            except ApiUnknown as error:
                wait(self.failed(error))
            except ApiRefused as error:
                if not error.forbidden:
                    raise
                wait(self.failed(NotPermitted(error.message)))
            else:
                self.answered()
                return answer

    def _report(self, error: ApiUnknown, began: float) -> float:
        """Return in how many seconds to report the outage. A refusal uses up its try before that."""
        if self._troubles is None or self._refused_since is not None:
            return float("inf")
        sentence = f"The customer's API server {self._server} cannot be used ({error}). Remote work is left alone."
        return self._troubles.lasts(error.trouble, lambda: sentence, began)

    def _exhausted(self, error: ApiUnknown, away: float, budget: float) -> StepEnded:
        if isinstance(error, NotPermitted):
            return StepEnded(
                ExitCode.INFRASTRUCTURE,
                f"The customer's API server {self._server} has forbidden for {away:.0f} s what it was asked ({error}). "
                f"Remote work was left alone; {error.remedy}; another try of the same attempt then goes on, and so "
                f"does nightlane adopt for a Spark or job step without any tries left. {_LEFT_ALONE}",
            )
        return StepEnded(
            ExitCode.INFRASTRUCTURE,
            f"The customer's API server {self._server} has been away for {away:.0f} s, longer than the budget of "
            f"{budget:.0f} s (last: {error}). Remote work was left alone; once the server answers, another try of the "
            "same attempt finds it again, and so does nightlane adopt for a Spark or job step without any tries left. "
            f"{_LEFT_ALONE}",
        )
