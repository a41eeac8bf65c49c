"""A container on this machine: the runner's scripts run in real shells, and its connection can be cut."""

import sys
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
        way: a command that starts them and passes on what they write; none if it is empty.

    """

    def __init__(self, root: Path, shell: Sequence[str] = ("sh",), path: str = "/usr/bin:/bin") -> None:
        self._root = root
        self._shell = list(shell)
        self.started: list[PodContainer] = []
        self.cuts: list[int | None] = []
        self.environment = {"PATH": path}
        self.way: Sequence[str] = ()

    def start(self, target: PodContainer, script: str, arguments: Sequence[str]) -> LocalProcess:
        """Start `script` with the given parameters."""
        self.started.append(target)
        mapped = [f"{self._root}{item}" if item.startswith("/results") else item for item in arguments]
        command = [*self.way, *self._shell, *shell_command(script, mapped)[1:]]
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


_RELAY = """
import os, subprocess, sys, threading, time
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
held, room = bytearray(), threading.Semaphore(4)
def take():
    while data := os.read(child.stdout.fileno(), 65536):
        room.acquire()
        held.extend(data)
threading.Thread(target=take, daemon=True).start()
while child.poll() is None:
    data = bytes(held[:65536])
    del held[:65536]
    if data:
        os.write(1, data)
        room.release()
    time.sleep(0.02)
os._exit(child.returncode)
"""
"""Passes on what a command writes, slowly, and holds up to 256 KiB of it, which are lost when the command ends."""

SLOW_LINK = (sys.executable, "-c", _RELAY)
"""The way to a container over servers that hold what a slow link has not taken, and drop it when a script ends."""
