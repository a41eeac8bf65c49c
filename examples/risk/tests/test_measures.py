"""VaR and ES against hand-computed lists and closed forms."""

from decimal import Decimal
from statistics import NormalDist

import pytest

from nightlane_risk.measures import (
    expected_shortfall,
    normal_expected_shortfall,
    normal_value_at_risk,
    tail_index,
    tail_risk,
    value_at_risk,
)

Q90, Q975, Q99 = Decimal("0.9"), Decimal("0.975"), Decimal("0.99")


@pytest.mark.parametrize(
    ("count", "level", "expected"),
    [
        (1, Q99, 0),
        (99, Q99, 0),
        (100, Q99, 1),
        (500, Q99, 5),
        (10, Q90, 1),  # (1 - 0.9) * 10 is 0.999... in floating point
        (500, Q975, 12),
        (10_000, Q975, 250),
    ],
)
def test_tail_index_is_the_exact_floor(count: int, level: Decimal, expected: int) -> None:
    assert tail_index(count, level) == expected


@pytest.mark.parametrize("level", [Decimal(0), Decimal(1), Decimal("1.5"), Decimal("-0.1")])
def test_a_level_outside_zero_and_one_is_refused(level: Decimal) -> None:
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        tail_index(100, level)


def test_no_outcome_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one is needed"):
        tail_index(0, Q99)


def test_historical_simulation_by_hand() -> None:
    outcomes = sorted([5, -10, 3, -40, 8, -20, 12, 1, 7, -2])
    # k = floor(0.2 * 10) = 2: the third worst is -10; the three worst are -40, -20 and -10
    level = Decimal("0.8")
    assert value_at_risk(outcomes, 10, level) == 10
    assert expected_shortfall(outcomes, 10, level) == Decimal(70) / 3 or expected_shortfall(outcomes, 10, level) * 3 == 70


def test_only_the_tail_is_needed() -> None:
    outcomes = list(range(-500, 500))
    whole = tail_risk(outcomes, 1000)
    assert tail_risk(outcomes[:26], 1000) == whole
    assert whole.var == 490
    assert whole.es == sum(range(475, 501)) / 26


def test_decimal_outcomes_stay_exact() -> None:
    outcomes = [Decimal("-0.3"), Decimal("-0.2"), Decimal("-0.1"), Decimal("0.4")]
    level = Decimal("0.5")
    assert value_at_risk(outcomes, 4, level) * 10 == 1
    assert expected_shortfall(outcomes, 4, level) * 10 == 2


def test_standard_normal_closed_forms() -> None:
    assert normal_value_at_risk(0, 1, Q99) == pytest.approx(2.326348, abs=5e-7)
    assert normal_expected_shortfall(0, 1, Q975) == pytest.approx(2.337803, abs=5e-7)
    assert normal_expected_shortfall(0, 1, Q99) == pytest.approx(2.665214, abs=5e-7)


def test_normal_measures_move_and_scale() -> None:
    assert normal_value_at_risk(10, 2, Q99) == pytest.approx(2 * 2.326348 - 10, abs=2e-6)
    assert normal_expected_shortfall(10, 2, Q975) == pytest.approx(2 * 2.337803 - 10, abs=2e-6)


def test_a_sample_on_the_normal_quantiles_meets_the_closed_forms() -> None:
    count = 200_000
    standard = NormalDist()
    outcomes = [standard.inv_cdf((i + 0.5) / count) for i in range(count // 30)]
    assert float(value_at_risk(outcomes, count, Q99)) == pytest.approx(2.326348, abs=1e-4)
    assert float(expected_shortfall(outcomes, count, Q975)) == pytest.approx(2.337803, abs=2e-4)
    assert float(expected_shortfall(outcomes, count, Q99)) == pytest.approx(2.665214, abs=3e-4)
