"""Sessions in one container of the customer's, within one wall-clock limit."""

import secrets
import time
from collections.abc import Callable, Sequence

from nightlane_runner.container import remote_scripts
from nightlane_runner.container.pod_shell import PodContainer, PodShell
from nightlane_runner.container.shell_session import ShellSession, TransportFailed
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded


class OutOfTime(Exception):
    """The work's wall-clock limit is over."""


class ContainerWork:
    """Starts sessions in a container; each is checked for interruptions and for the limit while it waits.

    Args:
        shell: the way in.
        target: the container.
        check: raises to give up.
        deadline: by the monotonic clock; past it, sessions raise OutOfTime.

    """

    def __init__(self, shell: PodShell, target: PodContainer, check: Callable[[], None], deadline: float) -> None:
        self.target = target
        self._shell = shell
        self._check = check
        self._deadline = deadline

    def session(
        self, script: str, arguments: Sequence[str], on_error_line: Callable[[str], None] = lambda _: None
    ) -> ShellSession:
        """Start one of the remote scripts."""
        nonce = secrets.token_hex(8)
        process = self._shell.start(self.target, script, [nonce, *arguments])
        return ShellSession(process, nonce, self.check, on_error_line)

    def require_programs(self, *programs: str) -> None:
        """Make sure that the container has sh and these programs.

        Raises:
            StepEnded: BAD_INPUT naming each that is missing.
            TransportFailed: the container could not be asked.

        """
        try:
            with self.session(remote_scripts.PROBE, programs) as session:
                session.end_input()
                missing = b"".join(iter(session.read, b"")).decode().split()
                session.ending()
        except TransportFailed as error:
            if "executable file not found" not in str(error) and "no such file or directory" not in str(error):
                raise
            missing = ["sh"]
        if missing:
            raise StepEnded(
                ExitCode.BAD_INPUT,
                f"{self.target} lacks {', '.join(missing)}, which this step needs in it; use an image that has "
                f"{'it' if len(missing) == 1 else 'them'}, or name another container.",
            )

    def check(self) -> None:
        """Raise where the work is to be given up, or its time is over."""
        self._check()
        if time.monotonic() >= self._deadline:
            raise OutOfTime
