"""Full revaluation: what each trade gains or loses in each scenario, in whole cents.

Whole cents make every later sum exact, whatever the order in which executors deliver the parts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nightlane_risk.errors import Fault, InputError
from nightlane_risk.exact import Vector, exp
from nightlane_risk.market.factors import BASE_CURRENCY, FactorKind, RiskFactor
from nightlane_risk.market.snapshot import MarketSnapshot
from nightlane_risk.portfolio import Product, Trade
from nightlane_risk.pricing import PairMarket, call_value, forward_value, put_value

_DAYS_PER_YEAR = 365
"""Times are actual days over 365."""


@dataclass(frozen=True)
class Scenarios:
    """A market under the shocks of n scenarios: the level of each factor in each of them."""

    market: MarketSnapshot
    shocks: NDArray[np.float64]

    @cached_property
    def _shocked(self) -> dict[RiskFactor, Vector]:
        return {
            factor: level + shock if factor.kind is FactorKind.RATE else level * exp(shock)
            for factor, level, shock in zip(self.market.factors, self.market.levels, self.shocks.T, strict=True)
        }

    def rate(self, currency: str) -> Vector:
        """Return the interest rate of a currency."""
        return self._shocked[RiskFactor(FactorKind.RATE, currency)]

    def volatility(self, pair: str) -> Vector:
        """Return the implied volatility of a pair."""
        return self._shocked[RiskFactor(FactorKind.VOL, pair)]

    def per_euro(self, currency: str) -> Vector:
        """Return units of a currency per euro."""
        if currency == BASE_CURRENCY:
            return np.ones(len(self.shocks))
        return self._shocked[RiskFactor(FactorKind.SPOT, BASE_CURRENCY + currency)]

    def pair(self, trade: Trade) -> PairMarket:
        """Return the market of a trade's pair; a cross goes through the euro."""
        spot = self.per_euro(trade.quote) / self.per_euro(trade.base)
        return PairMarket(spot, self.rate(trade.base), self.rate(trade.quote))


class Revaluation:
    """Values a portfolio today and under scenarios. Build it once; it is small and can be sent to executors."""

    def __init__(self, market: MarketSnapshot, portfolio: Sequence[Trade]) -> None:
        """Keep the trades that are still alive and value them in today's market.

        Raises InputError when a trade needs a risk factor that the market lacks.
        """
        self.market = market
        self.trades = tuple(trade for trade in portfolio if trade.expiry > market.as_of)
        self.expired = len(portfolio) - len(self.trades)
        _check_factors(market, self.trades)
        unshocked = Scenarios(market, np.zeros((1, len(market.factors))))
        self._values = [float(_value(trade, unshocked, market.as_of)[0]) for trade in self.trades]

    @property
    def values_in_cents(self) -> list[int]:
        """Today's value of each trade in euro cents."""
        return [round(value * 100) for value in self._values]

    def pnl_in_cents(self, shocks: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return what each trade (column) gains in each scenario (row), in euro cents."""
        scenarios = Scenarios(self.market, shocks)
        gains = [
            np.rint((_value(trade, scenarios, self.market.as_of) - value) * 100)
            for trade, value in zip(self.trades, self._values, strict=True)
        ]
        return np.column_stack(gains).astype(np.int64)


def _value(trade: Trade, scenarios: Scenarios, as_of: date) -> Vector:
    """Return the trade's value in euro in each scenario."""
    market = scenarios.pair(trade)
    years = (trade.expiry - as_of).days / _DAYS_PER_YEAR
    match trade.product:
        case Product.FORWARD:
            unit = forward_value(market, trade.strike, years)
        case Product.CALL:
            unit = call_value(market, scenarios.volatility(trade.pair), trade.strike, years)
        case Product.PUT:
            unit = put_value(market, scenarios.volatility(trade.pair), trade.strike, years)
    return trade.direction * trade.notional * unit / scenarios.per_euro(trade.quote)


def _check_factors(market: MarketSnapshot, trades: Sequence[Trade]) -> None:
    known = set(market.factors)
    faults = [
        Fault(f"trade {trade.trade}", f"needs the risk factor {factor}, which the market snapshot lacks", _FIX)
        for trade in trades
        for factor in _needed(trade)
        if factor not in known
    ]
    if not trades:
        faults.append(Fault("portfolio", f"no trade is alive after {market.as_of}", "Add trades that expire later."))
    if faults:
        raise InputError(faults)


_FIX = "Add it to the snapshot's seed data, or take the trade out."


def _needed(trade: Trade) -> list[RiskFactor]:
    needed = [RiskFactor(FactorKind.RATE, currency) for currency in (trade.base, trade.quote)]
    needed += [
        RiskFactor(FactorKind.SPOT, BASE_CURRENCY + currency)
        for currency in (trade.base, trade.quote)
        if currency != BASE_CURRENCY
    ]
    if trade.product is not Product.FORWARD:
        needed.append(RiskFactor(FactorKind.VOL, trade.pair))
    return needed
