"""The step's log: plain lines on standard output, kept on the lane's volume too."""

import sys
import threading
import unicodedata
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from nightlane_runner.lane.kept_log import KeptLog
from nightlane_runner.lane.log_end import MOST_LINES

LONGEST_LINE = 16_000
"""Characters of one line; the rest of a longer one is left out, and that is said."""


def harmless(text: str) -> str:
    """Return text with its lines and tabs, and with every other character that does not show replaced."""
    short = text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}… ({len(text)} characters)"
    # What is hidden is not printable, which is known without a look at each character: logs have gibibytes of lines.
    if short.isprintable() or short.replace("\t", "").replace("\n", "").isprintable():
        return short
    return "".join(each if each in "\n\t" or unicodedata.category(each) not in _HIDDEN else "\ufffd" for each in short)


_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control characters, those that turn the direction of writing, halves of characters, and Unicode's line ends."""


class StepLog:
    """Writes whole lines from any thread.

    A volume that cannot be written costs the copy, never the step: that is said once on standard output.
    """

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._copy: KeptLog | None = None
        self._last: deque[str] = deque(maxlen=MOST_LINES)
        self._lock = threading.Lock()

    def keep_in(self, file: Path) -> None:
        """Append every further line to `file` as well."""
        try:
            self._copy = KeptLog(file)
        except OSError as error:
            self.info(f"the log is not kept on the lane's volume: {error}")

    def info(self, line: str) -> None:
        """Write a line of the runner's own."""
        self._write(line)

    def relay(self, source: str, line: str, more: bool = False) -> None:
        """Write a line that `source` (driver, stdout, stderr) wrote; where more follow at once, `flush` ends them."""
        self._write(f"{source} | {line}", flush=not more)

    def flush(self) -> None:
        """Let everybody see what was written."""
        with self._lock:
            self._out.flush()
            self._keep(lambda copy: copy.flush())

    def last_lines(self) -> list[str]:
        """Return the last lines that were written."""
        with self._lock:
            return list(self._last)

    def _write(self, text: str, flush: bool = True) -> None:
        # Much of it was written by the customer's side: it may neither steer a terminal nor go on for ever.
        line = harmless(text)
        with self._lock:
            self._out.write(f"{line}\n")
            self._last.append(line)
            self._keep(lambda copy: copy.write(line))
            if flush:
                self._out.flush()
                self._keep(lambda copy: copy.flush())

    def _keep(self, deed: Callable[[KeptLog], None]) -> None:
        if self._copy is None:
            return
        try:
            deed(self._copy)
        except OSError as error:
            self._copy = None
            print(f"the log is no longer kept on the lane's volume: {error}", file=self._out, flush=True)
