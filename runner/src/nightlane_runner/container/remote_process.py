"""The transport of a script that was started in a container, seen from this side: three pipes and an end."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from typing import IO, Protocol


class RemoteProcess(Protocol):
    """A started script: its three streams are pipes, whatever carries them.

    Attributes:
        without_credential: removes the credential that it was started with from what comes on its standard error: a
            gateway may quote what it was sent.

    """

    stdin: IO[bytes] | None
    stdout: IO[bytes] | None
    stderr: IO[bytes] | None
    without_credential: Callable[[bytes], bytes]

    def poll(self) -> int | None:
        """Return its code, None while it runs."""
        ...

    def wait(self) -> int:
        """Wait for its end and return its code."""
        ...

    def kill(self) -> None:
        """End its transport, at once and with all that belongs to it. If it has ended already, that is not an error."""
        ...


class LocalProcess(subprocess.Popen[bytes]):
    """A program on this side that carries a script, and its children.

    It leads a session of its own: a SIGTERM for the runner is the runner's to interpret.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: dict[str, str] | None = None,
        without_credential: Callable[[bytes], bytes] = lambda said: said,
    ) -> None:
        self.without_credential = without_credential
        super().__init__(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )

    def kill(self) -> None:
        """End its whole session."""
        with contextlib.suppress(ProcessLookupError):  # ended by itself
            os.killpg(self.pid, signal.SIGKILL)
