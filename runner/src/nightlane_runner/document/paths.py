"""Paths in a step's document."""

from pathlib import PurePosixPath


def is_clean(value: str, below: str) -> bool:
    """Return whether a path is below another one, and names no parent."""
    path = PurePosixPath(value)
    return path.is_absolute() and ".." not in path.parts and path != PurePosixPath(below) and path.is_relative_to(below)
