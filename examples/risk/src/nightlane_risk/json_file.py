"""JSON files with one fixed rendering, so that equal results are equal bytes."""

import json
from pathlib import Path
from typing import Any


def write_json(path: Path, document: object) -> None:
    """Write a document: indented, keys in the order given, shortest exact floats, a newline at the end."""
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """Read a document that a step of this application wrote."""
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
