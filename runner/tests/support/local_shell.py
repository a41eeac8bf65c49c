"""A container on this machine: the runner's scripts run in real shells, and its connection can be cut."""

import threading
from collections.abc import Sequence
from pathlib import Path

from nightlane_runner.container.pod_shell import PodContainer, shell_command
from nightlane_runner.container.remote_process import LocalProcess


class LocalShell:
    """Runs scripts as a container would; absolute paths below /results are those below `root`.

    Attributes:
        started: the scripts' targets, in order.
        cuts: byte counts after which the output of the next sessions is cut, with exit code 0; None cuts nothing.
        environment: the scripts' environment.

    """

    def __init__(self, root: Path, shell: Sequence[str] = ("sh",), path: str = "/usr/bin:/bin") -> None:
        self._root = root
        self._shell = list(shell)
        self.started: list[PodContainer] = []
        self.cuts: list[int | None] = []
        self.environment = {"PATH": path}

    def start(self, target: PodContainer, script: str, arguments: Sequence[str]) -> LocalProcess:
        """Start `script` with the given parameters."""
        self.started.append(target)
        mapped = [f"{self._root}{item}" if item.startswith("/results") else item for item in arguments]
        command = [*self._shell, *shell_command(script, mapped)[1:]]
        cut = self.cuts.pop(0) if self.cuts else None
        if cut is not None:
            # A cut connection ends by itself, whatever its other end still waits for.
            cutting = f'exec 3<&0; {{ "$@" <&3 2>/dev/null & }} | stdbuf -o0 head -c {cut}'
            command = ["/bin/sh", "-c", cutting, "cut", *command]
        return LocalProcess(command, self.environment)


class DeadShell:
    """A container that cannot be reached: kubectl ends with an error, a given number of times."""

    def __init__(self, times: int, then: LocalShell, message: str = "error: unable to upgrade connection") -> None:
        self._left = times
        self._then = then
        self._message = message
        self._lock = threading.Lock()

    def start(self, target: PodContainer, script: str, arguments: Sequence[str]) -> LocalProcess:
        """Fail, or start `script` once enough starts have failed."""
        with self._lock:
            self._left -= 1
            dead = self._left >= 0
        if not dead:
            return self._then.start(target, script, arguments)
        return LocalProcess(["/bin/sh", "-c", 'echo "$1" >&2; exit 1', "dead", self._message])
