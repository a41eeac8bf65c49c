"""A step inside the test's own process, where its timings can be set and its parts replaced."""

import io
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nightlane_runner.api.client import Api
from nightlane_runner.api.cluster import Cluster
from nightlane_runner.document.step import Step
from nightlane_runner.failures import StepEnded
from nightlane_runner.interruption import Interruptions
from nightlane_runner.lane import night_paths
from nightlane_runner.lane.places import Places
from nightlane_runner.outage import Outage
from nightlane_runner.step_log import StepLog
from nightlane_runner.steps.context import StepContext
from nightlane_runner.trouble import Reported, Troubles
from tests.support.eventually import eventually


class Surroundings:
    """A step's context on the mounts of a test, with the log in memory."""

    def __init__(self, mounts: Path, step: Step) -> None:
        self.places = Places(mounts)
        self.places.scratch.mkdir(parents=True, exist_ok=True)
        self._written = io.StringIO()
        self.log = StepLog(self._written)
        self.api = Api(self.places.kubeconfig, self.places.scratch, self.places.addresses)
        troubles = Troubles(night_paths.lane_troubles(self.places, step), step.trouble_seconds, self.log)
        self.context = StepContext(
            step=step,
            places=self.places,
            cluster=Cluster(self.api, step.namespace),
            outage=Outage(self.api.server, step.outage_budget_seconds, self.log, troubles),
            troubles=troubles,
            interruptions=Interruptions(self.places, self.log),
            log=self.log,
        )

    def said(self) -> str:
        """Return the log so far."""
        return self._written.getvalue()

    def evict(self) -> None:
        """Let the step hear a SIGTERM; only the main thread of a process gets a real one."""
        self.context.interruptions._on_signal(signal.SIGTERM, None)

    def wait_for_line(self, text: str, seconds: float = 20.0) -> None:
        """Wait until a line holds `text`."""
        eventually(lambda: text in self.said(), f"the line {text!r} in {self.said()}", seconds)


class Background:
    """Work in a thread, and how it ended."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self.result: Any = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the work goes on."""
        return self._thread.is_alive()

    def join(self, seconds: float = 30.0) -> Any:
        """Return the work's result or raise its exception; fails after the limit."""
        self._thread.join(seconds)
        assert not self._thread.is_alive(), f"still running after {seconds:.0f} s"
        if self._error is not None:
            raise self._error
        return self.result

    def ended(self, seconds: float = 30.0) -> StepEnded | None:
        """Return how the step ended, None for success. What it has reported counts as told."""
        try:
            self.join(seconds)
        except StepEnded as end:
            if isinstance(end, Reported):
                end.told()
            return end
        return None

    def _run(self) -> None:
        try:
            self.result = self._work()
        except BaseException as error:  # noqa: BLE001 - passed on to the joining thread
            self._error = error
