"""Forwards and options against closed forms and published values."""

import math

import numpy as np
import pytest

from nightlane_risk.exact import Vector, normal_cdf
from nightlane_risk.pricing import PairMarket, call_value, forward_value, put_value


def vector(value: float) -> Vector:
    return np.array([value])


def market(spot: float, base_rate: float, quote_rate: float) -> PairMarket:
    return PairMarket(vector(spot), vector(base_rate), vector(quote_rate))


def call(spot: float, strike: float, base_rate: float, quote_rate: float, volatility: float, years: float) -> float:
    return float(call_value(market(spot, base_rate, quote_rate), vector(volatility), strike, years)[0])


def put(spot: float, strike: float, base_rate: float, quote_rate: float, volatility: float, years: float) -> float:
    return float(put_value(market(spot, base_rate, quote_rate), vector(volatility), strike, years)[0])


def test_normal_distribution_function() -> None:
    at = np.array([-8.0, -1.959964, 0.0, 1.0, 2.326348])
    assert normal_cdf(at) == pytest.approx([6.22096e-16, 0.025, 0.5, 0.8413447461, 0.99], rel=1e-5)


def test_black_scholes_without_base_rate() -> None:
    # the textbook case: S = 42, K = 40, r = 10%, volatility 20%, half a year
    assert call(42, 40, 0.0, 0.10, 0.20, 0.5) == pytest.approx(4.759422, abs=1e-6)
    assert put(42, 40, 0.0, 0.10, 0.20, 0.5) == pytest.approx(0.808599, abs=1e-6)


def test_black_scholes_at_the_money() -> None:
    # S = K = 100, r = 5%, volatility 20%, one year
    assert call(100, 100, 0.0, 0.05, 0.20, 1.0) == pytest.approx(10.450584, abs=1e-6)
    assert put(100, 100, 0.0, 0.05, 0.20, 1.0) == pytest.approx(5.573526, abs=1e-6)


def test_garman_kohlhagen() -> None:
    # the textbook case: S = K = 1.6, domestic 8%, foreign 11%, four months; 4.3 cents imply a volatility of 14.1%
    assert call(1.6, 1.6, 0.11, 0.08, 0.141, 1 / 3) == pytest.approx(0.0430, abs=5e-5)


@pytest.mark.parametrize("strike", [0.9, 1.05, 1.1, 1.4])
@pytest.mark.parametrize("years", [0.02, 0.5, 3.0])
def test_put_call_parity(strike: float, years: float) -> None:
    spot, base_rate, quote_rate, volatility = 1.1, 0.02, 0.04, 0.08
    parity = spot * math.exp(-base_rate * years) - strike * math.exp(-quote_rate * years)
    difference = call(spot, strike, base_rate, quote_rate, volatility, years) - put(
        spot, strike, base_rate, quote_rate, volatility, years
    )
    assert difference == pytest.approx(parity, abs=1e-14)


def test_put_equals_its_own_closed_form() -> None:
    spot, strike, base_rate, quote_rate, volatility, years = 1.1, 1.12, 0.02, 0.04, 0.08, 0.75
    deviation = volatility * math.sqrt(years)
    d2 = (math.log(spot / strike) + (quote_rate - base_rate) * years) / deviation - deviation / 2
    normal = normal_cdf(np.array([-d2, -d2 - deviation]))
    expected = strike * math.exp(-quote_rate * years) * normal[0] - spot * math.exp(-base_rate * years) * normal[1]
    assert put(spot, strike, base_rate, quote_rate, volatility, years) == pytest.approx(float(expected), abs=1e-14)


def test_a_forward_struck_at_the_forward_rate_is_worth_nothing() -> None:
    forward_rate = 1.1 * math.exp((0.04 - 0.02) * 2)
    assert forward_value(market(1.1, 0.02, 0.04), forward_rate, 2.0)[0] == pytest.approx(0, abs=1e-15)


def test_forward_value() -> None:
    assert forward_value(market(1.1, 0.02, 0.04), 1.0, 2.0)[0] == pytest.approx(
        1.1 * math.exp(-0.04) - math.exp(-0.08), abs=1e-15
    )


def test_a_call_far_in_the_money_is_a_forward_and_far_out_nothing() -> None:
    deep = market(1.1, 0.02, 0.04)
    assert call_value(deep, vector(0.08), 0.2, 1.0)[0] == pytest.approx(forward_value(deep, 0.2, 1.0)[0], abs=1e-12)
    assert call_value(deep, vector(0.08), 5.0, 1.0)[0] == pytest.approx(0, abs=1e-12)


def test_values_are_elementwise() -> None:
    spots = np.array([0.9, 1.0, 1.1])
    together = call_value(PairMarket(spots, np.full(3, 0.02), np.full(3, 0.04)), np.full(3, 0.1), 1.0, 0.5)
    apart = [call(spot, 1.0, 0.02, 0.04, 0.1, 0.5) for spot in spots.tolist()]
    assert together.tolist() == apart
