"""The watch over an application that gets no executors."""

import threading

import pytest

from nightlane_risk.starvation import StarvationError, StarvationWatch


class Waiting:
    """An application whose action ends when it is cancelled; starves for the looks it is told to."""

    def __init__(self, *, starving_looks: int) -> None:
        self.looks = 0
        self.starving_looks = starving_looks
        self.looked_enough = threading.Event()
        self.cancelled = threading.Event()

    def is_starving(self) -> bool:
        self.looks += 1
        if self.looks >= 10:
            self.looked_enough.set()
        return self.looks <= self.starving_looks

    def cancel(self) -> None:
        self.cancelled.set()

    def act(self) -> None:
        assert self.cancelled.wait(timeout=30)
        raise RuntimeError("job cancelled")


def test_an_application_without_executors_is_cancelled_and_says_why() -> None:
    application = Waiting(starving_looks=1_000_000)
    watch = StarvationWatch(application, limit_seconds=0.03, interval_seconds=0.01)
    with pytest.raises(StarvationError, match="Kubernetes gives this driver no executors") as caught, watch:
        application.act()
    assert isinstance(caught.value.__cause__, RuntimeError)
    assert application.looks == 3


def test_an_application_that_gets_its_executors_in_time_goes_on() -> None:
    application = Waiting(starving_looks=2)
    with StarvationWatch(application, limit_seconds=0.03, interval_seconds=0.01):
        assert application.looked_enough.wait(timeout=30)
    assert not application.cancelled.is_set()


def test_a_failure_of_its_own_is_left_as_it_is() -> None:
    watch = StarvationWatch(Waiting(starving_looks=0), limit_seconds=30, interval_seconds=0.01)
    with pytest.raises(ValueError, match="bad trade"), watch:
        raise ValueError("bad trade")
