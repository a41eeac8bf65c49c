"""A figure of a step's results: a number that people look at, and how far it may move in a day."""

import re
from dataclasses import dataclass

from nightlane_runner.document.input_check import InputReader
from nightlane_runner.document.result_value import ResultValue, read_value

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9 ._-]{0,38}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        name: what people call it.
        value: where it is, below the night's folder on the lane's results volume.
        most_jump: by how many percent it may differ from that of the business day before, None for any.

    """

    name: str
    value: ResultValue
    most_jump: float | None


def read_figure(reader: InputReader) -> Figure:
    """Return the figure that a reader's object describes."""
    reader.known_keys("name", "value", "maxJump")
    name = reader.text(
        "name",
        "must be letters, digits, spaces, dots, dashes and underscores, at most 40",
        'write it like "VaR 99"',
        lambda text: _NAME.fullmatch(text) is not None,
    )
    return Figure(
        name, read_value(reader.section("value")), reader.positive("maxJump") if reader.has("maxJump") else None
    )
