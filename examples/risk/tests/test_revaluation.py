"""Full revaluation of trades in euro."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from nightlane_risk.errors import InputError
from nightlane_risk.market.factors import FactorKind, RiskFactor
from nightlane_risk.market.snapshot import MarketSnapshot
from nightlane_risk.portfolio import Product, Trade
from nightlane_risk.revaluation import Revaluation

FORWARD = Trade("F", "Flow", Product.FORWARD, 1, "EURUSD", 1_000_000.0, 1.10, date(2027, 3, 31))
CROSS = Trade("X", "Flow", Product.CALL, -1, "GBPUSD", 2_000_000.0, 1.25, date(2027, 3, 31))


def shock(market: MarketSnapshot, **shocks: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return one scenario; spot_EURUSD=0.01 shocks the factor spot:EURUSD."""
    wanted = {name.replace("_", ":"): value for name, value in shocks.items()}
    return np.array([[wanted.get(str(factor), 0.0) for factor in market.factors]])


def level(market: MarketSnapshot, kind: FactorKind, subject: str) -> float:
    return market.level(RiskFactor(kind, subject))


def test_forward_value_in_euro(market: MarketSnapshot) -> None:
    spot = level(market, FactorKind.SPOT, "EURUSD")
    value = math.exp(-level(market, FactorKind.RATE, "EUR")) - 1.10 * math.exp(-level(market, FactorKind.RATE, "USD")) / spot
    assert Revaluation(market, [FORWARD]).values_in_cents == [round(value * 100_000_000)]


def test_no_shock_no_gain(market: MarketSnapshot) -> None:
    revaluation = Revaluation(market, [FORWARD, CROSS])
    assert revaluation.pnl_in_cents(shock(market)).tolist() == [[0, 0]]


def test_a_bought_forward_gains_when_the_base_currency_rises(market: MarketSnapshot) -> None:
    spot = level(market, FactorKind.SPOT, "EURUSD")
    owed = 1.10 * math.exp(-level(market, FactorKind.RATE, "USD"))
    expected = owed / spot - owed / (spot * math.exp(0.01))
    gain = Revaluation(market, [FORWARD]).pnl_in_cents(shock(market, spot_EURUSD=0.01))
    assert gain.tolist() == [[round(expected * 100_000_000)]]


def test_a_cross_moves_with_both_euro_rates(market: MarketSnapshot) -> None:
    bought = Revaluation(market, [replace(CROSS, direction=1)])
    dearer_pound = bought.pnl_in_cents(shock(market, spot_EURGBP=-0.01))[0, 0]
    weaker_dollar = bought.pnl_in_cents(shock(market, spot_EURUSD=0.01))[0, 0]
    assert dearer_pound > 0
    assert weaker_dollar > 0
    both = bought.pnl_in_cents(shock(market, spot_EURGBP=0.01, spot_EURUSD=0.01))[0, 0]
    assert abs(both) < abs(dearer_pound) / 10  # the cross itself has not moved


def test_buyer_and_seller_mirror_each_other(market: MarketSnapshot) -> None:
    revaluation = Revaluation(market, [CROSS, replace(CROSS, direction=1)])
    gains = revaluation.pnl_in_cents(market.history)
    assert np.array_equal(gains[:, 0], -gains[:, 1])
    assert sum(revaluation.values_in_cents) == 0


def test_a_bought_option_gains_from_volatility(market: MarketSnapshot) -> None:
    gain = Revaluation(market, [replace(CROSS, direction=1)]).pnl_in_cents(shock(market, vol_GBPUSD=0.10))
    assert gain[0, 0] > 0


def test_scenarios_are_independent_of_their_batch(market: MarketSnapshot) -> None:
    revaluation = Revaluation(market, [FORWARD, CROSS])
    together = revaluation.pnl_in_cents(market.history)
    apart = [revaluation.pnl_in_cents(market.history[i : i + 1])[0].tolist() for i in range(40)]
    assert together[:40].tolist() == apart


def test_expired_trades_are_left_out(market: MarketSnapshot) -> None:
    revaluation = Revaluation(market, [FORWARD, replace(CROSS, expiry=market.as_of)])
    assert [trade.trade for trade in revaluation.trades] == ["F"]
    assert revaluation.expired == 1


def test_a_portfolio_without_a_living_trade_is_refused(market: MarketSnapshot) -> None:
    with pytest.raises(InputError, match=r"no trade is alive after 2026-03-31. Add trades that expire later."):
        Revaluation(market, [replace(FORWARD, expiry=date(2020, 1, 1))])


def test_a_trade_beyond_the_market_is_refused(market: MarketSnapshot) -> None:
    with pytest.raises(InputError) as caught:
        Revaluation(market, [replace(CROSS, pair="NOKUSD")])
    assert [fault.problem for fault in caught.value.faults] == [
        f"needs the risk factor {factor}, which the market snapshot lacks" for factor in ("rate:NOK", "spot:EURNOK", "vol:NOKUSD")
    ]
