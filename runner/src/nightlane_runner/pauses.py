"""Pauses between tries, and waiting that can be given up."""

import random
import time
from collections.abc import Callable

_ASK_SECONDS = 0.5


class Pauses:
    """Pauses between tries of one thing: each is twice the one before, up to a longest one.

    They are spread at random, between half and all of that, so that the runners which one gateway has cut off do not
    all come back at the same moment.

    Args:
        first: seconds.
        longest: seconds.
        jitter: a random number below 1.

    """

    def __init__(self, first: float, longest: float, jitter: Callable[[], float] = random.random) -> None:
        self._first = first
        self._longest = longest
        self._jitter = jitter
        self._next = first

    def next(self) -> float:
        """Return the seconds to wait before the next try."""
        seconds = self._next
        self._next = min(seconds * 2, self._longest)
        return seconds * (0.5 + self._jitter() / 2)

    def reset(self) -> None:
        """Note that a try has succeeded, or come further: the next pause is the first again."""
        self._next = self._first


def pause(seconds: float, check: Callable[[], None] = lambda: None) -> None:
    """Wait that long; `check` is called at once and twice a second, and raises to give up."""
    end = time.monotonic() + seconds
    check()
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, _ASK_SECONDS))
        check()
