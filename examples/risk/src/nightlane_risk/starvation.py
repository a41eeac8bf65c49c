"""Ends a Spark application that gets no executors, which would otherwise wait for them forever.

An executor's pod may be refused (a quota, a policy), find no node, or fail to pull its image. Spark asks again and again, the
driver's pod runs on, and nobody outside can tell waiting from working. A driver can: work is waiting and no task runs.
"""

import threading
from types import TracebackType
from typing import Protocol

LIMIT_VARIABLE = "EXECUTOR_WAIT_SECONDS"
DEFAULT_LIMIT_SECONDS = 900
_INTERVAL_SECONDS = 5.0


class StarvationError(Exception):
    """No task ran for too long although work was waiting."""


class Application(Protocol):
    """The part of a Spark application that is watched."""

    def is_starving(self) -> bool:
        """Tell whether work is waiting and no task runs."""

    def cancel(self) -> None:
        """Make the waiting action fail."""


class StarvationWatch:
    """Watches an application while the block runs; turns the failure it causes into a StarvationError."""

    def __init__(self, application: Application, limit_seconds: float, interval_seconds: float = _INTERVAL_SECONDS) -> None:
        """Allow `limit_seconds` of waiting, looking every `interval_seconds`."""
        self._application = application
        self._limit = limit_seconds
        self._interval = interval_seconds
        self._over = threading.Event()
        self._starved = False
        self._thread = threading.Thread(target=self._watch, name="starvation-watch", daemon=True)

    def _watch(self) -> None:
        waited = 0.0
        while not self._over.wait(self._interval):
            waited = waited + self._interval if self._application.is_starving() else 0.0
            if waited >= self._limit:
                self._starved = True
                self._application.cancel()
                return

    def __enter__(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop watching; says why if the watch ended the application."""
        self._over.set()
        self._thread.join()
        if self._starved and error is not None:
            raise StarvationError(
                f"work waited {self._limit:.0f} seconds and no task ran: Kubernetes gives this driver no executors. The log "
                "above says what it answers to requests for them; if it is silent, the events of the executors' pods are not. "
                f"Fix that, or allow more time with {LIMIT_VARIABLE}."
            ) from error
