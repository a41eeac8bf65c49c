"""Errors a user can fix: each names the place, the value found, the rule and the fix."""

from collections.abc import Iterable
from dataclasses import dataclass

INVALID_INPUT = 2
"""Exit code of every command here when the input is at fault."""
STARVED = 3
"""Exit code when Spark was given no executors."""

_SHOWN = 20


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the input."""

    place: str
    """Where: a file with line and column, an argument, an environment variable."""
    problem: str
    """The value received and the rule it breaks, as one sentence without its full stop."""
    fix: str
    """What to do about it, as a sentence."""

    def __str__(self) -> str:
        """Return the fault as one line."""
        return f"{self.place}: {self.problem}. {self.fix}"


class InputError(Exception):
    """The input is at fault. Carries every fault found, not only the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults; the message is one line each, cut after the first 20."""
        self.faults = tuple(faults)
        lines = [str(fault) for fault in self.faults[:_SHOWN]]
        if len(self.faults) > _SHOWN:
            lines.append(f"... and {len(self.faults) - _SHOWN} more of the kind.")
        super().__init__("\n".join(lines))
