"""One script running in a container: its streams with limits, its sentinels, and whether it got to its end."""

import contextlib
import hashlib
import math
import os
import re
import select
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import IO

from nightlane_runner.api.errors import is_forbidden
from nightlane_runner.container.remote_process import RemoteProcess
from nightlane_runner.message_limits import without_middle
from nightlane_runner.step_log import LONGEST_LINE

_TICK_SECONDS = 0.5
_CHUNK_BYTES = 64 * 1024
_KEPT_ERROR_LINES = 20
_LINE_BYTES = 300
_ERROR_BYTES = 1500
"""Of one line of standard error, and of all, that a sentence quotes."""

_END_SECONDS = 10.0
_BEGIN_SECONDS = 60.0

_REST_SECONDS = 30.0
"""How long nothing may come after a script's last line though not all that it announces is there."""

KEEP_ALIVE_SECONDS = 15.0
"""How often something small is sent while the work is quiet: connections without traffic are cut on the way, and by the
node, at the earliest after a minute."""

_BEGIN = re.compile(r"nightlane-begin (?P<nonce>\w+) (?P<pid>\d{1,10})")
_END = re.compile(r"nightlane-end (?P<nonce>\w+) (?P<status>\d{1,3}) (?P<measure>\w+)")


class TransportFailed(Exception):
    """The connection to the container broke, or was never made; what was transferred is not to be trusted."""


class WorkFailed(TransportFailed):
    """The connection held, but the script reported that its work failed: what was transferred is not to be trusted."""


class ContentDiffers(TransportFailed):
    """All arrived as it was sent, but is not what was announced: the announcement is wrong."""


def is_refusal(error: TransportFailed) -> bool:
    """Return whether trying again is useless until somebody changes something.

    The API server has refused the connection, or the work failed in the container and says why.
    """
    return isinstance(error, WorkFailed) or is_forbidden(str(error))


@dataclass(frozen=True, slots=True)
class Ending:
    """A script's last line: proof that all before it has arrived.

    Attributes:
        status: the exit status of the work itself.
        measure: bytes or SHA-256 of its data, as measured in the container.

    """

    status: int
    measure: str


class ShellSession:
    """A started script. As a context manager it leaves no process behind.

    Args:
        process: what carries the script.
        nonce: marks this session's sentinels, so that output of the work is never mistaken for them.
        tick: called at least twice a second while waiting; raises to give up.
        on_error_line: gets each line of standard error that is not a sentinel.

    """

    def __init__(
        self,
        process: RemoteProcess,
        nonce: str,
        tick: Callable[[], None],
        on_error_line: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._process = process
        self.nonce = nonce
        self._tick = tick
        self._on_error_line = on_error_line
        self._error_lines: deque[str] = deque(maxlen=_KEPT_ERROR_LINES)
        self._begun = threading.Event()
        self._ended = threading.Event()
        self._ending: Ending | None = None
        self._next_beat = time.monotonic() + KEEP_ALIVE_SECONDS
        self._stdin = _opened(process.stdin)
        self._stdout = _opened(process.stdout)
        os.set_blocking(self._stdin.fileno(), False)
        self._last_line, self._say_last_line = os.pipe()
        self._rest_until = math.inf
        self.remote_pid = 0
        self.received = hashlib.sha256()
        self.received_bytes = 0
        self.sent = hashlib.sha256()
        self._reader = threading.Thread(target=self._read_errors, name="stderr", daemon=True)
        self._reader.start()

    def __enter__(self) -> "ShellSession":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join(_END_SECONDS)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):  # unsent input of a dead process
                    stream.close()
        os.close(self._last_line)
        if not self._reader.is_alive():
            os.close(self._say_last_line)

    def wait_until_begun(self) -> None:
        """Wait for the script's first sentinel; raises TransportFailed if the process ends without it, or is silent."""
        end = time.monotonic() + _BEGIN_SECONDS
        while not self._begun.wait(_TICK_SECONDS):
            self._tick()
            if time.monotonic() >= end:
                raise TransportFailed(f"the container did not answer within {_BEGIN_SECONDS:.0f} s")
            if self._process.poll() is not None:
                self._reader.join(_END_SECONDS)
                if not self._begun.is_set():
                    raise TransportFailed(self.errors())
                return

    def read(self, most: int = _CHUNK_BYTES) -> bytes:
        """Return up to `most` bytes of output, b"" at its end, or once all has arrived that the last line announces."""
        while not self._wait_for_output():
            if self._all_has_arrived():
                return b""
            self._tick()
            self._keep_alive()
            if time.monotonic() > self._rest_until:
                # What is missing does not come any more: let the script end, and its output with it.
                self.end_input()
        self._tick()
        chunk = os.read(self._stdout.fileno(), most)
        self.received.update(chunk)
        self.received_bytes += len(chunk)
        if self._ended.is_set():
            self._rest_until = time.monotonic() + _REST_SECONDS
        return chunk

    def _wait_for_output(self) -> bool:
        """Wait for output, for the script's last line, or a moment; return whether there is output."""
        output = self._stdout.fileno()
        waiting = [output] if self._ended.is_set() else [output, self._last_line]
        readable, _, _ = select.select(waiting, [], [], 0 if self._all_has_arrived() else _TICK_SECONDS)
        return output in readable

    def _all_has_arrived(self) -> bool:
        return self._ending is not None and self._ending.measure == self.received.hexdigest()

    def write(self, data: bytes) -> int:
        """Send all of `data` as input and return its length, as a file does.

        Raises:
            WorkFailed: the script has said that its work failed, and needs no more.
            TransportFailed: the connection was cut.

        """
        left = memoryview(data)
        while left:
            self._require_work()
            if not select.select([], [self._stdin], [], _TICK_SECONDS)[1]:
                self._tick()
                continue
            self._tick()
            try:
                left = left[os.write(self._stdin.fileno(), left[:_CHUNK_BYTES]) :]
            except BrokenPipeError as error:
                self._reader.join(_END_SECONDS)
                self._require_work()
                raise TransportFailed(self.errors() or "the connection was cut while sending") from error
        self.sent.update(data)
        return len(data)

    def _require_work(self) -> None:
        """Raise WorkFailed if the script has ended its work, and not well."""
        if self._ending is not None and self._ending.status != 0:
            raise WorkFailed(f"status {self._ending.status}, {self.errors() or 'no message'}")

    def send_word(self, word: bytes) -> None:
        """Send a few bytes at once, without checking anything else; raises TransportFailed if they were not sent."""
        try:
            os.write(self._stdin.fileno(), word)
        except (BrokenPipeError, BlockingIOError) as error:
            raise TransportFailed(self.errors() or "the connection was cut before anything was sent") from error
        self.sent.update(word)

    def end_input(self) -> None:
        """Signal to the script that no more input comes."""
        with contextlib.suppress(BrokenPipeError):  # the script's ending will show it
            self._stdin.close()

    def ending(self) -> Ending:
        """Return the script's last words; raises TransportFailed if they did not arrive, whatever the exit code is.

        They count as soon as they arrive: something that the work has left behind may hold the streams open.
        """
        while not self._ended.wait(_TICK_SECONDS) and self._reader.is_alive():
            self._tick()
            self._keep_alive()
        if self._ending is None:
            self._reader.join(_END_SECONDS)
        if self._ending is None:
            code = self._process.wait()
            raise TransportFailed(self.errors() or f"the connection ended with exit code {code} before the script did")
        return self._ending

    def is_end(self, line: bytes) -> bool:
        """Return whether a line of output is the sentinel after which no further output comes."""
        return self._is_own_end(line.decode("ascii", "replace"))

    def _keep_alive(self) -> None:
        """Send something small if input is still open; a script that wants none does not read it."""
        now = time.monotonic()
        if now < self._next_beat or self._stdin.closed:
            return
        self._next_beat = now + KEEP_ALIVE_SECONDS
        with contextlib.suppress(BlockingIOError, BrokenPipeError):  # the streams of the work show what became of it
            os.write(self._stdin.fileno(), b"\n")

    def errors(self) -> str:
        """Return the last lines of standard error as one text, for a sentence."""
        return without_middle("; ".join(without_middle(line, _LINE_BYTES) for line in self._error_lines), _ERROR_BYTES)

    def _read_errors(self) -> None:
        try:
            self._take_errors()
        except Exception as error:  # noqa: BLE001 - whatever it is, an end that nobody hears must not be waited for
            self._error_lines.append(f"{type(error).__name__} in the runner")
            self._process.kill()

    def _take_errors(self) -> None:
        blank = False
        for raw in _lines(_opened(self._process.stderr), self._process.without_credential):
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            if blank and not self._is_own_end(line):
                self._note_error("")
            # An empty line may be the one before the last words.
            if blank := raw == b"\n":
                continue
            if (begin := _BEGIN.fullmatch(line)) is not None and begin["nonce"] == self.nonce:
                self.remote_pid = int(begin["pid"])
                self._begun.set()
            elif (end := _END.fullmatch(line)) is not None and end["nonce"] == self.nonce:
                self._ending = Ending(int(end["status"]), end["measure"])
                self._rest_until = time.monotonic() + _REST_SECONDS
                self._ended.set()
                os.write(self._say_last_line, b".")
            elif not self._ended.is_set():
                self._note_error(line)

    def _is_own_end(self, line: str) -> bool:
        end = _END.fullmatch(line)
        return end is not None and end["nonce"] == self.nonce

    def _note_error(self, line: str) -> None:
        if line:
            self._error_lines.append(line)
        self._on_error_line(line)


def _lines(stream: IO[bytes], without_credential: Callable[[bytes], bytes]) -> Iterator[bytes]:
    """Yield each line without the credential; of an endless one its beginning, since a cut may go through that."""
    while raw := stream.readline(_CHUNK_BYTES):
        line, rest = without_credential(raw), raw
        while not rest.endswith(b"\n") and (rest := stream.readline(_CHUNK_BYTES)):
            line = line[:LONGEST_LINE]
        yield line


def _opened(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("a shell process needs pipes for all three streams")
    return stream
