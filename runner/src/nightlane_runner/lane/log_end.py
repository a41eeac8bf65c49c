"""The last lines of a failed attempt's log, as an output parameter: they reach the run record without any API.

The text is foreign: drivers and commands wrote most of it. It travels packed and in base64, an alphabet in which no
expression of Argo's can be written, is read by nightwatch alone, and is not the input of anything.
"""

import base64
import unicodedata
import zlib
from collections.abc import Iterable
from pathlib import Path

PARAMETER = "log-end"
"""Name of the output parameter, and of the file that the workflow reads it from."""

MOST_LINES = 40
MOST_CHARACTERS = 200
"""Of one line."""

MOST_BYTES = 2048
"""Of the parameter: the workflow holds it, twice for each failed attempt, and the workflow's size is limited."""


def printable(line: str) -> str:
    """Return a line of foreign text without anything that a terminal would obey."""
    shown = "".join(
        character if character == "\t" or unicodedata.category(character)[0] not in "C" else "\ufffd"
        for character in line.replace("\u2028", "\ufffd").replace("\u2029", "\ufffd")
    )
    return shown if len(shown) <= MOST_CHARACTERS else f"{shown[: MOST_CHARACTERS - 1]}…"


def write_log_end(lines: Iterable[str], outputs: Path) -> None:
    """Write the last of these lines into the file `log-end` in `outputs`: as many as fit."""
    kept = [printable(line) for line in lines][-MOST_LINES:]
    packed = _packed(kept)
    while len(packed) > MOST_BYTES:
        kept = kept[1:]
        packed = _packed(kept)
    outputs.mkdir(parents=True, exist_ok=True)
    (outputs / PARAMETER).write_text(packed, encoding="ascii")


def _packed(lines: list[str]) -> str:
    return base64.b64encode(zlib.compress("\n".join(lines).encode(), level=9)).decode("ascii")
