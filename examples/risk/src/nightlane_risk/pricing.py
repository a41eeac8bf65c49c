"""Values of one unit of an FX forward and of a European FX option, in the quote currency of the pair.

A pair like EURUSD has the base currency EUR and the quote currency USD; its spot S is dollars per euro. With continuously
compounded rates rb and rq of the two currencies, time to expiry T in years and strike K:

- forward: S exp(-rb T) - K exp(-rq T);
- call (Garman and Kohlhagen, the Black-Scholes formula with the base currency's rate as dividend):
  S exp(-rb T) N(d1) - K exp(-rq T) N(d2), with d1 = [ln(S/K) + (rq - rb + v^2/2) T] / (v sqrt T) and d2 = d1 - v sqrt T;
- put: call - forward, by parity.

Volatility v is flat in strike and expiry: the example has no smile.
"""

import math
from dataclasses import dataclass

from nightlane_risk.exact import Vector, exp, log, normal_cdf


@dataclass(frozen=True)
class PairMarket:
    """The market of one pair in each of n scenarios."""

    spot: Vector
    """Units of the quote currency per unit of the base currency."""
    base_rate: Vector
    """Continuously compounded rate of the base currency per year."""
    quote_rate: Vector
    """Continuously compounded rate of the quote currency per year."""


def forward_value(market: PairMarket, strike: float, years: float) -> Vector:
    """Return the value of receiving one unit of base currency against `strike` units of quote currency."""
    return market.spot * exp(-market.base_rate * years) - strike * exp(-market.quote_rate * years)


def call_value(market: PairMarket, volatility: Vector, strike: float, years: float) -> Vector:
    """Return the value of the right to buy one unit of base currency at the strike; volatility is per square root year."""
    base_value = market.spot * exp(-market.base_rate * years)
    strike_value = strike * exp(-market.quote_rate * years)
    deviation = volatility * math.sqrt(years)
    drift = (market.quote_rate - market.base_rate) * years
    d1 = (log(market.spot / strike) + drift) / deviation + 0.5 * deviation
    return base_value * normal_cdf(d1) - strike_value * normal_cdf(d1 - deviation)


def put_value(market: PairMarket, volatility: Vector, strike: float, years: float) -> Vector:
    """Return the value of the right to sell one unit of base currency at the strike."""
    return call_value(market, volatility, strike, years) - forward_value(market, strike, years)
