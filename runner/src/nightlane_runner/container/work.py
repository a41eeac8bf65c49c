"""Sessions in one of the customer's containers, within one wall-clock limit."""

import re
import secrets
import time
from collections.abc import Callable, Sequence

from nightlane_runner.container import remote_scripts
from nightlane_runner.container.pod_shell import PodContainer, PodShell
from nightlane_runner.container.shell_session import ShellSession, TransportFailed
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.message_limits import without_middle
from nightlane_runner.pauses import pause

_NO_SHELL = re.compile(
    r'exec: "sh": (executable file not found|stat \S*sh: no such file)|executable file `sh` not found'
)
"""What runc and crun report for a container without sh. A socket of the node that is not found is another matter."""

ASK_AGAIN_SECONDS = 5.0

LONGEST_ANSWER_BYTES = 64 * 1024
"""Of a script that answers a question: thousands of names."""

_SHOWN_BYTES = 200


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
            missing = self._missing(programs)
        except TransportFailed as error:
            if not _has_no_shell(error):
                raise
            missing = self._missing_once_more(programs)
        if missing:
            raise StepEnded(
                ExitCode.BAD_INPUT,
                f"{self.target} lacks {', '.join(missing)}, which this step needs in it; use an image that has "
                f"{'it' if len(missing) == 1 else 'them'}, or name another container.",
            )

    def _missing(self, programs: Sequence[str]) -> list[str]:
        with self.session(remote_scripts.PROBE, programs) as session:
            session.end_input()
            missing = self.answer(session).split()
            session.ending()
        if strange := [word for word in missing if word not in programs]:
            named = without_middle(" ".join(strange), _SHOWN_BYTES)
            raise self._no_answer(f"names {named!r} when it is asked which programs it lacks")
        return missing

    def _missing_once_more(self, programs: Sequence[str]) -> list[str]:
        """Ask again after a moment: a node that lacks some resource reports the same as a container without a shell."""
        pause(ASK_AGAIN_SECONDS, self.check)
        try:
            return self._missing(programs)
        except TransportFailed as error:
            if not _has_no_shell(error):
                raise
            return ["sh"]

    def answer(self, session: ShellSession) -> str:
        """Return what a script of few words writes; raises StepEnded with BAD_INPUT for more than a few."""
        said = b""
        while chunk := session.read():
            said += chunk
            if len(said) > LONGEST_ANSWER_BYTES:
                raise self._no_answer(f"answers a short question with more than {LONGEST_ANSWER_BYTES} bytes")
        return said.decode("utf-8", "replace")

    def _no_answer(self, what: str) -> StepEnded:
        return StepEnded(
            ExitCode.BAD_INPUT,
            f"{self.target} in the customer's cluster {what}; have what answers there checked, its shell or whatever "
            "is in its place, then retry.",
        )

    def check(self) -> None:
        """Raise if the work must be given up, or its time is over."""
        self._check()
        if time.monotonic() >= self._deadline:
            raise OutOfTime


def _has_no_shell(error: TransportFailed) -> bool:
    return _NO_SHELL.search(str(error)) is not None
