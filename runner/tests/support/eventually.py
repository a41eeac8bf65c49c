"""Waiting for a condition, with a limit."""

import time
from collections.abc import Callable
from typing import TypeVar

_Found = TypeVar("_Found")


def eventually(look: Callable[[], _Found | None], what: str, seconds: float = 20.0) -> _Found:
    """Return the first answer of `look` that is not None or False; raises AssertionError after the limit."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found is not None and found is not False:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.05)
