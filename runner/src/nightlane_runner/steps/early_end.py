"""Ends a command in a container before it has ended by itself, and tells what became of it."""

import time
from dataclasses import dataclass

from nightlane_runner.container import remote_scripts
from nightlane_runner.container.pod_shell import PodContainer, PodShell
from nightlane_runner.container.shell_session import ShellSession, TransportFailed
from nightlane_runner.container.work import ContainerWork, OutOfTime
from nightlane_runner.step_log import StepLog

END_SECONDS = 8
"""How long to look whether a command that was told to end has ended."""

_REACH_SECONDS = 10.0
"""How long it may take to tell it. Together less than the grace time of a runner that is being ended."""

_BESIDE = "since a retry would start a second one beside it; then retry as a new attempt, or skip"
_LOOK_FIRST = f"Look whether it has ended there, and end it if not, {_BESIDE}"
_END_FIRST = f"End it there first, {_BESIDE}"


@dataclass(frozen=True, slots=True)
class EarlyEnd:
    """What became of a command that was to end early, for a sentence, and what to do where it may run on.

    Attributes:
        words: what became of it.
        remedy: what to do before it is run again; empty if it surely runs no more.

    """

    words: str
    remedy: str = ""

    @property
    def is_certain(self) -> bool:
        """Whether it surely runs no more."""
        return not self.remedy


NOT_ENDED = EarlyEnd("was not ended", _LOOK_FIRST)
"""Of a command that nobody has told to end."""


def end_command(shell: PodShell, target: PodContainer, session: ShellSession, log: StepLog) -> EarlyEnd:
    """Tell a session's command in its container to end, look whether it does, and return how that went."""
    leader = session.remote_pid
    work = ContainerWork(shell, target, lambda: None, time.monotonic() + _REACH_SECONDS + END_SECONDS)
    arguments = [str(leader), session.nonce, str(END_SECONDS)]
    try:
        with work.session(remote_scripts.END_COMMAND, arguments) as ender:
            ender.end_input()
            ending = ender.ending()
            if ending.status != 0:
                raise TransportFailed(ender.errors() or f"status {ending.status}")
    except (TransportFailed, OutOfTime) as error:
        log.info(f"the command could not be ended: {error or 'no answer in time'}")
        return EarlyEnd(f"could not be ended: it may still run (session {leader})", _LOOK_FIRST)
    if ending.measure == "running":
        return EarlyEnd(f"was told to end, but still runs (session {leader})", _END_FIRST)
    return EarlyEnd("was ended" if ending.measure == "ended" else "had just ended by itself")
