"""The step's log: plain lines on standard output, kept on the lane's volume too."""

import sys
import threading
from pathlib import Path
from typing import TextIO


class StepLog:
    """Writes whole lines from any thread.

    A volume that cannot be written costs the copy, never the step: that is said once on standard output.
    """

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._copy: TextIO | None = None
        self._lock = threading.Lock()

    def keep_in(self, file: Path) -> None:
        """Append every further line to `file` as well."""
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._copy = file.open("a", encoding="utf-8")
        except OSError as error:
            self.info(f"the log is not kept on the lane's volume: {error}")

    def info(self, line: str) -> None:
        """Write a line of the runner's own."""
        self._write(line)

    def relay(self, source: str, line: str) -> None:
        """Write a line that `source` (driver, stdout, stderr) wrote."""
        self._write(f"{source} | {line}")

    def _write(self, line: str) -> None:
        with self._lock:
            print(line, file=self._out, flush=True)
            if self._copy is None:
                return
            try:
                print(line, file=self._copy, flush=True)
            except OSError as error:
                self._copy = None
                print(f"the log is no longer kept on the lane's volume: {error}", file=self._out, flush=True)
