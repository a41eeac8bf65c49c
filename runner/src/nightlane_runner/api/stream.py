"""A long answer of the API server (watch or log), read line by line."""

import contextlib
import http.client
import socket
from types import TracebackType

from nightlane_runner.api.connection import ApiConnection
from nightlane_runner.api.errors import ApiUnknown

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes. A watch event carries a whole object, which the API server limits to less than this."""


class ApiStream:
    """Yields the lines of one answer; `abort` ends it from another thread."""

    def __init__(self, connection: ApiConnection, response: http.client.HTTPResponse, silence_seconds: float) -> None:
        self._connection = connection
        self._response = response
        # An answer of unknown length takes the socket away from its connection: keep it, for the time limit.
        self._socket: socket.socket = connection.sock
        self._socket.settimeout(silence_seconds)

    def __enter__(self) -> "ApiStream":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._response.close()
        self._connection.close()

    def read_line(self) -> bytes:
        """Return the next line with its line end, b"" at the end; raises ApiUnknown when cut or silent too long."""
        try:
            return self._response.readline(LONGEST_LINE)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ApiUnknown(f"the stream broke: {error or type(error).__name__}") from error

    def abort(self) -> None:
        """End the stream for its reader, from another thread."""
        with contextlib.suppress(OSError):  # already closed by the other end
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
