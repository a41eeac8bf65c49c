"""The stream of a command that could not be started."""

import os
from collections.abc import Callable
from typing import IO

_MOST_BYTES = 64 * 1024
"""Of the message: what a pipe holds."""


class EndedStream:
    """A command that could not be started: its standard error says why, and it has ended with 1.

    Args:
        error: why, as it was decoded.
        without_credential: removes the credential from it.

    """

    def __init__(self, error: str, without_credential: Callable[[bytes], bytes] = lambda said: said) -> None:
        self.without_credential = without_credential
        reader, stdin = os.pipe()
        os.close(reader)
        self.stdin: IO[bytes] | None = os.fdopen(stdin, "wb", buffering=0)
        self.stdout: IO[bytes] | None = _holding(b"")
        self.stderr: IO[bytes] | None = _holding(
            b"error: " + without_credential(error.encode("utf-8", "replace")) + b"\n"
        )

    def poll(self) -> int | None:
        """Return its code."""
        return 1

    def wait(self) -> int:
        """Return its code."""
        return 1

    def kill(self) -> None:
        """Do nothing: it has ended."""


def _holding(content: bytes) -> IO[bytes]:
    reader, writer = os.pipe()
    os.write(writer, content[:_MOST_BYTES])
    os.close(writer)
    return os.fdopen(reader, "rb")
