"""Value at risk and expected shortfall of a sample of profits and losses.

The definitions, for n outcomes sorted ascending as x[0] <= x[1] <= ... and a confidence level q:

- k = floor((1 - q) * n), the number of outcomes worse than the quantile, computed exactly;
- VaR = -x[k], the loss that is exceeded in at most k of n outcomes;
- ES = -(x[0] + ... + x[k]) / (k + 1), the average loss of those outcomes.

Losses are positive. Nothing is interpolated, so a result is always an outcome, or an average of outcomes, of the sample.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist

VAR_LEVEL = Decimal("0.99")
"""Confidence level of the value at risk."""
ES_LEVEL = Decimal("0.975")
"""Confidence level of the expected shortfall."""


@dataclass(frozen=True)
class TailRisk:
    """VaR and ES of one distribution, exact, in the unit of the outcomes; losses are positive."""

    var: Fraction
    es: Fraction


def tail_index(count: int, level: Decimal) -> int:
    """Return k = floor((1 - level) * count) without floating point: 0.1 * 10 is 1 here, not 0.999...

    Raises ValueError unless there is an outcome and the level lies strictly between 0 and 1.
    """
    if count < 1:
        raise ValueError(f"{count} outcomes: at least one is needed")
    if not 0 < level < 1:
        raise ValueError(f"confidence level {level}: must lie strictly between 0 and 1")
    return math.floor((1 - Fraction(level)) * count)


def value_at_risk(ascending: Sequence[int | float | Decimal], count: int, level: Decimal) -> Fraction:
    """Return the VaR of `count` outcomes, given ascending, of which only the first k + 1 are needed."""
    return -Fraction(ascending[tail_index(count, level)])


def expected_shortfall(ascending: Sequence[int | float | Decimal], count: int, level: Decimal) -> Fraction:
    """Return the ES of `count` outcomes, given ascending, of which only the first k + 1 are needed."""
    size = tail_index(count, level) + 1
    return -sum((Fraction(outcome) for outcome in ascending[:size]), Fraction(0)) / size


def tail_risk(
    ascending: Sequence[int | float | Decimal],
    count: int,
    var_level: Decimal = VAR_LEVEL,
    es_level: Decimal = ES_LEVEL,
) -> TailRisk:
    """Return both measures of `count` outcomes, given ascending (the first k + 1 of the longer tail are enough)."""
    return TailRisk(value_at_risk(ascending, count, var_level), expected_shortfall(ascending, count, es_level))


def normal_value_at_risk(mean: float, deviation: float, level: Decimal) -> float:
    """Return the VaR of a normal distribution: what it would be without fat tails."""
    return -mean - deviation * NormalDist().inv_cdf(float(1 - level))


def normal_expected_shortfall(mean: float, deviation: float, level: Decimal) -> float:
    """Return the ES of a normal distribution: what it would be without fat tails."""
    standard = NormalDist()
    tail = float(1 - level)
    return -mean + deviation * standard.pdf(standard.inv_cdf(tail)) / tail
