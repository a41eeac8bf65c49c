"""Values that arrive as text, in a cell of a CSV file or in an environment variable."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

T = TypeVar("T")

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
_COUNT = re.compile(r"[1-9][0-9]{0,8}")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class TextValueError(Exception):
    """A text does not hold the value it should; whoever knows the place turns this into a Fault."""

    def __init__(self, problem: str, fix: str) -> None:
        """Keep the value with the broken rule, and the fix."""
        super().__init__(problem)
        self.problem = problem
        self.fix = fix


@dataclass(frozen=True)
class TextType(Generic[T]):
    """How a text becomes a value."""

    parse: Callable[[str], T]
    """Raises TextValueError when the text breaks the rule."""
    placeholder: T
    """Stands in for a faulty value while the rest of the input is still checked; never leaves the reader."""


def _date(text: str) -> date:
    fix = "Write year-month-day, as in 2026-03-31."
    if not _ISO_DATE.fullmatch(text):
        raise TextValueError(f"{text!r} is not an ISO 8601 date", fix)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise TextValueError(f"{text!r} is not a day of the calendar", fix) from None


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise TextValueError(
            f"{text!r} is not a finite decimal number",
            "Write it with a decimal point and without thousands separators or units, as in -1234.56.",
        )
    return Decimal(text)


def _positive_number(text: str) -> float:
    number = float(_number(text))
    if number <= 0:
        raise TextValueError(f"{text!r} is not above zero", "Write a positive number; direction has its own column.")
    return number


def _count(text: str) -> int:
    if not _COUNT.fullmatch(text):
        raise TextValueError(f"{text!r} is not a whole number from 1", "Write digits only, counting from 1.")
    return int(text)


def _word(text: str) -> str:
    if not text:
        raise TextValueError("nothing is given", "Fill it in.")
    return text


DATE = TextType(_date, date.min)
NUMBER = TextType(_number, Decimal(1))
POSITIVE_NUMBER = TextType(_positive_number, 1.0)
COUNT = TextType(_count, 1)
WORD = TextType(_word, "")


def one_of(*choices: str) -> TextType[str]:
    """Accept one of the named choices."""

    def parse(text: str) -> str:
        if text not in choices:
            raise TextValueError(f"{text!r} is not one of {', '.join(choices)}", f"Write {' or '.join(choices)}.")
        return text

    return TextType(parse, choices[0])
