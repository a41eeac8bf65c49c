"""A long answer of the API server (watch or log), read line by line."""

from collections.abc import Callable
from types import TracebackType

from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from nightlane_runner.api.connection import ApiConnection
from nightlane_runner.api.errors import ApiUnknown

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes. A watch event carries a whole object, which the API server limits to less than this."""

_PIECE_BYTES = 64 * 1024


class ApiStream:
    """Yields the lines of one answer; `abort` ends it from another thread."""

    def __init__(
        self,
        connection: ApiConnection,
        response: BaseHTTPResponse,
        silence_seconds: float,
        without_credential: Callable[[bytes], bytes],
    ) -> None:
        self._connection = connection
        self._response = response
        self._without_credential = without_credential
        self._lines: list[bytes] = []
        self._rest = b""
        self._over = False
        connection.wait_at_most(silence_seconds)

    def __enter__(self) -> "ApiStream":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._response.close()
        self._connection.close()

    def read_line(self) -> bytes:
        """Return the next line with its line end, b"" at the end; raises ApiUnknown when cut or silent too long.

        A line that is longer than any expected one arrives in pieces.
        """
        while not self._lines:
            if self._over:
                rest, self._rest = self._rest, b""
                return self._without_credential(rest)
            piece = self._read()
            self._over = not piece
            *whole, self._rest = (self._rest + piece).split(b"\n") if b"\n" in piece else (self._rest + piece,)
            self._lines = [line + b"\n" for line in reversed(whole)]
            if len(self._rest) >= LONGEST_LINE:
                self._lines.insert(0, self._rest)
                self._rest = b""
        return self._without_credential(self._lines.pop())

    @property
    def has_more(self) -> bool:
        """Whether a further line is at hand."""
        return bool(self._lines)

    def abort(self) -> None:
        """End the stream for its reader, from another thread."""
        self._connection.cut()

    def _read(self) -> bytes:
        try:
            return self._response.read1(_PIECE_BYTES)
        except (OSError, HTTPError, ValueError) as error:
            raise ApiUnknown(f"the stream broke: {type(error).__name__}") from error
