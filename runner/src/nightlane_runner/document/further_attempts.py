"""After which ends of its program a step goes on to its next attempt without a person."""

from dataclasses import dataclass

from nightlane_runner.document.input_check import InputReader

OOM_KILLED = "OOMKilled"
"""Kubernetes' reason for the end of a container whose memory was used up; in the document a word beside exit codes."""


@dataclass(frozen=True, slots=True)
class ProgramEnd:
    """How a program's container ended.

    Attributes:
        exit_code: its exit code.
        reason: Kubernetes' own word for it, "" for none.

    """

    exit_code: int
    reason: str


@dataclass(frozen=True, slots=True)
class FurtherAttempts:
    """The customer's settings for attempts that begin by themselves.

    Attributes:
        attempts: number of the last one.
        ends: exit codes, and `OOMKilled`; None for every exit code but 0.

    """

    attempts: int
    ends: frozenset[int | str] | None

    def follow(self, attempt: int, end: ProgramEnd) -> bool:
        """Return whether another attempt follows this one by itself, whose program ended like this."""
        if attempt >= self.attempts or end.exit_code == 0:
            return False
        return self.ends is None or end.exit_code in self.ends or end.reason in self.ends


def read_further_attempts(section: InputReader) -> FurtherAttempts:
    """Read the section; whatever is wrong with it becomes a problem."""
    section.known_keys("attempts", "ends")
    given = section.entries("ends") if section.has("ends") else []
    ends = frozenset(end for end in given if isinstance(end, str | int) and _is_end(end))
    if section.has("ends") and (not given or len(ends) < len(given)):
        section.problem("ends", f"must be exit codes from 1 to 255, or {OOM_KILLED}, each once", "write it like [137]")
    return FurtherAttempts(section.count("attempts", 2), ends if section.has("ends") else None)


def _is_end(end: str | int) -> bool:
    if isinstance(end, bool):
        return False
    return 1 <= end <= 255 if isinstance(end, int) else end == OOM_KILLED
