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
"""Characters of one line; the rest of a longer one is left out, with a note."""


def harmless(text: str) -> str:
    """Return text with its lines and tabs, and with every other invisible character replaced."""
    short = text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}… ({len(text)} characters)"
    # Hidden characters are not printable, which is tested without checking each one: logs have gibibytes of lines.
    if short.isprintable() or short.replace("\t", "").replace("\n", "").isprintable():
        return short
    return "".join(each if each in "\n\t" or unicodedata.category(each) not in _HIDDEN else "\ufffd" for each in short)


_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control characters, those that change the direction of text, halves of characters, and Unicode's line ends."""


class StepLog:
    """Writes whole lines from any thread.

    A volume that cannot be written costs the copy, never the step: that is noted once on standard output.
    """

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._copy: KeptLog | None = None
        self._last: deque[str] = deque(maxlen=MOST_LINES)
        self._ended = False
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

    def end(self, line: str) -> None:
        """Write the last line: what another thread, such as a log's follower, would write after it is left out."""
        self._write(line, last=True)

    def relay(self, source: str, line: str, more: bool = False) -> None:
        """Write a line that `source` (driver, stdout, stderr) wrote; if more follow at once, `flush` ends them."""
        self._write(f"{source} | {line}", flush=not more)

    def flush(self) -> None:
        """Make visible what was written."""
        with self._lock:
            self._out.flush()
            self._keep(lambda copy: copy.flush())

    def last_lines(self) -> list[str]:
        """Return the last lines that were written."""
        with self._lock:
            return list(self._last)

    def _write(self, text: str, flush: bool = True, last: bool = False) -> None:
        # Much of it was written by the customer's side: it may neither control a terminal nor be endless.
        line = harmless(text)
        with self._lock:
            if self._ended:
                return
            self._ended = last
            # The volume first: what it refuses is noted before the line, which may be the last.
            self._keep(lambda copy: copy.write(line))
            if flush:
                self._keep(lambda copy: copy.flush())
            self._out.write(f"{line}\n")
            self._last.append(line)
            if flush:
                self._out.flush()

    def _keep(self, action: Callable[[KeptLog], None]) -> None:
        if self._copy is None:
            return
        try:
            action(self._copy)
        except OSError as error:
            self._copy = None
            print(f"the log is no longer kept on the lane's volume: {error}", file=self._out, flush=True)
