"""A synthetic market: levels and shocks of every weekday since an epoch, from seed data and the calendar alone.

Each day's shocks come from a generator seeded by that day, so the histories of two business dates agree wherever they
overlap, and a replay of last month sees last month's market. A few common drivers correlate the factors; a day's turbulence
scales all of them, which gives the fat tails of a real market; levels revert slowly to where they started.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nightlane_risk.errors import Fault, InputError
from nightlane_risk.market.factors import FactorKind, RiskFactor
from nightlane_risk.market.snapshot import MarketSnapshot

_TAIL_FREEDOM = 5
"""Degrees of freedom of the daily shocks (Student's t): the fewer, the fatter the tails."""
_REVERSION = 0.01
"""Share of the distance to its start that a level makes up in a day."""
_SATURDAY = 5


@dataclass(frozen=True)
class SeedFactor:
    """How one factor starts and moves."""

    factor: RiskFactor
    start: float
    daily: float
    """Standard deviation of the daily shock."""
    loadings: tuple[float, ...]
    """Correlation of the shock with each common driver; their squares sum to less than 1."""


@dataclass(frozen=True)
class MarketSeed:
    """What the market is made from."""

    epoch: date
    factors: tuple[SeedFactor, ...]


def read_seed(path: Path) -> MarketSeed:
    """Read the seed data.

    Raises InputError when the file cannot be read or is not of the expected form.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return MarketSeed(
            date.fromisoformat(document["epoch"]),
            tuple(
                SeedFactor(RiskFactor.parse(name), float(entry["start"]), float(entry["daily"]), tuple(entry["loadings"]))
                for name, entry in document["factors"].items()
            ),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"is not readable seed data ({type(error).__name__}: {error})"
        raise InputError([Fault(str(path), problem, "Take data/market-seed.json as the model.")]) from None


def snapshot_of(seed: MarketSeed, business_date: date, history_days: int) -> MarketSnapshot:
    """Return the market at the close of the business date (of the weekday before it, on a weekend).

    Raises InputError when the date is too early for a history of that length.
    """
    as_of = business_date - timedelta(days=max(0, business_date.weekday() - _SATURDAY + 1))
    days = list(_weekdays(seed.epoch, as_of))
    if len(days) < history_days:
        first = seed.epoch + timedelta(days=history_days * 7 // 5 + 3)
        problem = f"{business_date} has {len(days)} weekdays since {seed.epoch}, {history_days} days of history wanted"
        raise InputError([Fault("business date", problem, f"Take a date from {first}, or a shorter history.")])
    levels, shocks = _path(seed, days)
    history = np.round(shocks[-history_days:], 9)
    deviations = [_deviation(column) for column in history.T.tolist()]
    return MarketSnapshot(
        business_date=business_date,
        as_of=as_of,
        factors=tuple(entry.factor for entry in seed.factors),
        levels=tuple(float(f"{level:.8g}") for level in levels),
        daily_volatility=tuple(float(f"{deviation:.6g}") for deviation in deviations),
        correlation=_correlation(history.T.tolist()),
        history_days=tuple(days[-history_days:]),
        history=history,
    )


def _weekdays(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        if day.weekday() < _SATURDAY:
            yield day


def _path(seed: MarketSeed, days: Sequence[date]) -> tuple[list[float], NDArray[np.float64]]:
    """Walk every factor from its start to the last day; returns its level there and its shock on each day."""
    loadings = np.array([entry.loadings for entry in seed.factors])
    own = np.sqrt(1 - np.sum(loadings**2, axis=1))
    daily = np.array([entry.daily for entry in seed.factors])
    logarithmic = [entry.factor.kind is not FactorKind.RATE for entry in seed.factors]
    start = np.array(
        [math.log(entry.start) if is_log else entry.start for entry, is_log in zip(seed.factors, logarithmic, strict=True)]
    )
    position = start.copy()
    shocks = np.zeros((len(days), len(seed.factors)))
    for row, day in enumerate(days):
        shock = daily * _standard_shock(day, loadings, own) + _REVERSION * (start - position)
        position += shock
        shocks[row] = shock
    levels = [math.exp(x) if is_log else x for x, is_log in zip(position.tolist(), logarithmic, strict=True)]
    return levels, shocks


def _standard_shock(day: date, loadings: NDArray[np.float64], own: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the day's correlated shocks with unit variance and fat tails."""
    generator = np.random.default_rng(day.toordinal())
    drivers = generator.standard_normal(loadings.shape[1])
    turbulence = math.sqrt((_TAIL_FREEDOM - 2) / generator.chisquare(_TAIL_FREEDOM))
    common = np.sum(loadings * drivers, axis=1)
    shock: NDArray[np.float64] = turbulence * (common + own * generator.standard_normal(own.size))
    return shock


def _deviation(values: Sequence[float]) -> float:
    centre = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - centre) ** 2 for value in values) / (len(values) - 1))


def _correlation(columns: Sequence[Sequence[float]]) -> tuple[tuple[float, ...], ...]:
    standard = []
    for column in columns:
        centre, deviation = math.fsum(column) / len(column), _deviation(column)
        standard.append([(value - centre) / deviation for value in column])
    freedom = len(columns[0]) - 1
    return tuple(
        tuple(round(math.fsum(a * b for a, b in zip(one, other, strict=True)) / freedom, 6) for other in standard)
        for one in standard
    )
