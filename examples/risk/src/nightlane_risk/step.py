"""The step of the night this process is: who it is, where it reads and where it writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from nightlane_risk.errors import Fault, InputError
from nightlane_risk.text_values import COUNT, DATE, WORD, TextType, TextValueError

T = TypeVar("T")


@dataclass(frozen=True)
class Step:
    """One attempt at one step of one night."""

    night_dir: Path
    """The night's directory on the results volume; each committed step is a directory in it."""
    name: str
    """The step's name, which is also its directory."""
    attempt: int
    """Counts from 1; a person's retry starts the next one."""
    business_date: date
    """The day whose closing positions and market the night values; never the wall clock."""


def step_from_environment(environment: Mapping[str, str]) -> Step:
    """Read NIGHT_DIR, STEP, ATTEMPT and BUSINESS_DATE, which the Job sets.

    Raises InputError with every variable that is missing or malformed.
    """
    faults: list[Fault] = []

    def read(name: str, text_type: TextType[T]) -> T:
        try:
            return text_type.parse(environment.get(name, ""))
        except TextValueError as error:
            faults.append(Fault(f"environment variable {name}", error.problem, error.fix))
            return text_type.placeholder

    step = Step(Path(read("NIGHT_DIR", WORD)), read("STEP", WORD), read("ATTEMPT", COUNT), read("BUSINESS_DATE", DATE))
    if faults:
        raise InputError(faults)
    return step
