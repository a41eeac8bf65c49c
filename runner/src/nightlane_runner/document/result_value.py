"""A value from an earlier step's result, where an argument is expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from nightlane_runner.document.input_check import InputReader, Problem
from nightlane_runner.json_tree import Json
from nightlane_runner.lane.file_manifest import is_safe

TYPES = ("number", "word")


@dataclass(frozen=True, slots=True)
class ResultValue:
    """Where a value is.

    Attributes:
        path: of a JSON file, below the night's folder on the lane's results volume.
        keys: names and places in lists that lead to it.
        type: what it must be, "number" or "word".

    """

    path: PurePosixPath
    keys: tuple[str, ...]
    type: str


def read_value(reader: InputReader) -> ResultValue:
    """Return the value that a reader's object describes."""
    reader.known_keys("from", "keys", "type")
    return ResultValue(
        path=PurePosixPath(
            reader.text(
                "from",
                "must be a file below the night's folder, without ..",
                'write it like "var-es/var.json"',
                lambda text: is_safe(PurePosixPath(text)),
            )
        ),
        keys=reader.texts("keys", "must be names that lead to the value", 'write it like ["total", "var"]', fewest=1),
        type=reader.text("type", "must be number or word", "write number or word", lambda text: text in TYPES),
    )


def read_words(words: Sequence[Json], name: str, problems: list[Problem]) -> "list[Json | ResultValue]":
    """Return words, of which objects name the value to insert; what is wrong with those goes into `problems`."""
    return [
        read_value(InputReader(word, f"{name}[{index}]", problems)) if isinstance(word, dict) else word
        for index, word in enumerate(words)
    ]
