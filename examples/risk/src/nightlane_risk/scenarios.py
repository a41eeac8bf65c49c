"""Scenarios: one-day shocks to every risk factor, replayed from history or drawn at random.

They come in blocks of a fixed size. A Monte Carlo block is drawn from a generator of its own, seeded by the business date, the
seed and the block's number, so a scenario is the same whoever computes it: another partitioning, a retried task or a longer
run (which only adds blocks) changes none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from nightlane_risk.exact import cholesky, correlate
from nightlane_risk.market.snapshot import MarketSnapshot

BLOCK_SIZE = 500
"""Scenarios in a block. Part of what defines a scenario, hence not an option."""


class Source(StrEnum):
    """Where a scenario comes from."""

    HISTORICAL = "historical"
    """Scenario i is what happened on day i of the history."""
    MONTE_CARLO = "monte-carlo"
    """Jointly normal shocks with the history's volatilities and correlations: lognormal spots and volatilities, normal rates."""


@dataclass(frozen=True)
class Block:
    """A run of consecutive scenarios of one source."""

    source: Source
    number: int
    """Counts from 0 within the source."""
    size: int
    """BLOCK_SIZE, less in the last block of a source."""

    @property
    def first(self) -> int:
        """Number of the block's first scenario."""
        return self.number * BLOCK_SIZE


def blocks(source: Source, count: int) -> Iterator[Block]:
    """Cut a number of scenarios into blocks."""
    for first in range(0, count, BLOCK_SIZE):
        yield Block(source, first // BLOCK_SIZE, min(BLOCK_SIZE, count - first))


@dataclass(frozen=True)
class ScenarioModel:
    """All that is needed to produce any block."""

    history: NDArray[np.float64]
    cholesky_factor: list[list[float]]
    """Of the factors' daily covariance."""
    entropy: tuple[int, int]
    """Business date and seed."""

    def shocks(self, block: Block) -> NDArray[np.float64]:
        """Return the shock of each factor (column) in each scenario (row) of the block."""
        if block.source is Source.HISTORICAL:
            return self.history[block.first : block.first + block.size]
        seed = np.random.SeedSequence(self.entropy, spawn_key=(block.number,))
        independent = np.random.Generator(np.random.PCG64DXSM(seed)).standard_normal((BLOCK_SIZE, len(self.cholesky_factor)))
        return correlate(self.cholesky_factor, independent)[: block.size]


def scenario_model(market: MarketSnapshot, seed: int) -> ScenarioModel:
    """Build the model from a snapshot; `seed` tells independent Monte Carlo samples of one date apart."""
    factor = [
        [volatility * weight for weight in line]
        for volatility, line in zip(market.daily_volatility, cholesky(market.correlation), strict=True)
    ]
    date_number = int(market.business_date.strftime("%Y%m%d"))
    return ScenarioModel(market.history, factor, (date_number, seed))
