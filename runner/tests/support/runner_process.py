"""A runner as its container has it: a process of its own, with mounts below a folder."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from nightlane_runner.lane.places import Places
from tests.support.eventually import eventually
from tests.support.steps import document


class RunnerProcess:
    """Starts the runner and reads what it says. Its mounts outlive it, as a lane's volume outlives a pod."""

    def __init__(self, mounts: Path, kind: str, step: dict[str, Any], name: str = "runner") -> None:
        self.places = Places(mounts)
        for folder in ("tmp", "dev", "podinfo", "results"):
            (mounts / folder).mkdir(parents=True, exist_ok=True)
        self._output = mounts / f"{name}-{time.monotonic_ns()}.out"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "nightlane_runner", kind],
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "NIGHTLANE_MOUNT_ROOT": str(mounts), "NIGHTLANE_STEP": document(step)},
            )

    def said(self) -> str:
        """Return everything that was written so far."""
        return self._output.read_text(encoding="utf-8")

    def last_line(self) -> str:
        """Return the last line that was written."""
        return self.said().rstrip("\n").rpartition("\n")[2]

    def wait_for_line(self, text: str, seconds: float = 20.0) -> None:
        """Wait until a line holds `text`."""

        def said() -> bool:
            assert self.process.poll() is None or text in self.said(), f"ended: {self.said()}"
            return text in self.said()

        eventually(said, f"the line {text!r}", seconds)

    def wait(self, seconds: float = 30.0) -> int:
        """Return the exit code; fails with the log after the limit."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the runner did not end within {seconds:.0f} s: {self.said()}") from None

    def end(self) -> None:
        """Leave no process behind."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
