"""Pauses between tries, and how they are waited out."""

import pytest

from nightlane_runner.pauses import Pauses, pause


def test_pauses_double_up_to_the_longest_and_reset() -> None:
    """The longest that each may be: they are spread at random in real life."""
    pauses = Pauses(2.0, 60.0, jitter=lambda: 1.0)
    assert [pauses.next() for _ in range(7)] == [2, 4, 8, 16, 32, 60, 60]
    pauses.reset()
    assert pauses.next() == 2


def test_pauses_are_spread() -> None:
    """What one gateway has cut off does not come back at one moment."""
    assert Pauses(2.0, 60.0, jitter=lambda: 0.0).next() == 1


def test_longest_pause_is_kept_for_however_many_tries() -> None:
    """An outage of days."""
    pauses = Pauses(2.0, 60.0, jitter=lambda: 1.0)
    assert [pauses.next() for _ in range(5000)][-1] == 60


def test_pause_ends_as_soon_as_somebody_wants_it_to() -> None:
    """It asks at once, and twice a second."""
    asked: list[None] = []

    def check() -> None:
        asked.append(None)
        if len(asked) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        pause(60.0, check)
