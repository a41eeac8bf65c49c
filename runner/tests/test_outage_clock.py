"""How patience is counted, with a clock of the test's own."""

import io

import pytest

from nightlane_runner.api.errors import ApiUnknown, NotPermitted
from nightlane_runner.failures import StepEnded
from nightlane_runner.outage import Outage
from nightlane_runner.step_log import StepLog

FORBIDDEN = 'jobs.batch is forbidden: User "nightlane" cannot list resource "jobs"'


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def _outage(clock: _Clock, budget: float = 100.0) -> tuple[Outage, io.StringIO]:
    said = io.StringIO()
    return Outage("https://k8s.example:6443", budget, StepLog(said), None, clock, jitter=lambda: 1.0), said


def test_waits_double_up_to_half_a_minute() -> None:
    """Spread at random in real life; the longest here."""
    outage, _ = _outage(_Clock(), budget=10_000)
    assert [outage.failed(ApiUnknown("x")) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]


def test_only_an_uninterrupted_outage_uses_up_the_budget() -> None:
    """An answer in between restarts the count, and is logged."""
    clock = _Clock()
    outage, said = _outage(clock)
    outage.failed(ApiUnknown("x"))
    clock.now = 99
    outage.failed(ApiUnknown("x"))
    outage.answered()
    clock.now = 150
    outage.failed(ApiUnknown("x"))
    assert "answers again after 99 s" in said.getvalue()

    clock.now = 251
    with pytest.raises(StepEnded, match="longer than the budget of 100 s"):
        outage.failed(ApiUnknown("x"))


def test_last_wait_ends_with_the_budget() -> None:
    """Nobody waits past the end."""
    clock = _Clock()
    outage, _ = _outage(clock, budget=10)
    outage.failed(ApiUnknown("x"))
    clock.now = 9.5
    assert outage.failed(ApiUnknown("x")) == 0.5


def test_refusal_has_less_patience_and_a_count_of_its_own() -> None:
    """After a long outage, the permissions of a restarted server get their time."""
    clock = _Clock()
    outage, said = _outage(clock, budget=1000)
    outage.failed(ApiUnknown("x"))
    clock.now = 900
    outage.failed(NotPermitted(FORBIDDEN))
    assert "forbids what it is asked" in said.getvalue()
    clock.now = 1021
    with pytest.raises(StepEnded, match="apply the customer side"):
        outage.failed(NotPermitted(FORBIDDEN))


def test_refusals_in_an_outage_do_not_begin_it_anew() -> None:
    """A balancer before one server that forbids and one that is away; it ends, and its waits grow."""
    clock = _Clock()
    outage, _ = _outage(clock, budget=100)
    waits = []
    for number in range(7):
        waits.append(outage.failed(NotPermitted(FORBIDDEN) if number % 2 else ApiUnknown("x")))
        clock.now += waits[-1]
    clock.now = 101
    with pytest.raises(StepEnded, match="longer than the budget of 100 s"):
        outage.failed(ApiUnknown("x"))
    assert waits == [1, 2, 4, 8, 16, 30, 30]
