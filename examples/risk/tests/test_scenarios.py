"""Scenario blocks: reproducible one by one, and distributed as the snapshot says."""

import numpy as np
import pytest

from nightlane_risk.market.snapshot import MarketSnapshot
from nightlane_risk.scenarios import BLOCK_SIZE, Block, Source, blocks, scenario_model


def test_blocks_cover_the_scenarios_once() -> None:
    cut = list(blocks(Source.MONTE_CARLO, 2 * BLOCK_SIZE + 1))
    assert [(block.number, block.first, block.size) for block in cut] == [
        (0, 0, BLOCK_SIZE),
        (1, BLOCK_SIZE, BLOCK_SIZE),
        (2, 2 * BLOCK_SIZE, 1),
    ]


def test_historical_scenarios_are_the_history(market: MarketSnapshot) -> None:
    model = scenario_model(market, seed=1)
    rows = np.concatenate([model.shocks(block) for block in blocks(Source.HISTORICAL, len(market.history))])
    assert np.array_equal(rows, market.history)


def test_a_block_depends_on_date_seed_and_number_alone(market: MarketSnapshot) -> None:
    third = Block(Source.MONTE_CARLO, 3, BLOCK_SIZE)
    shocks = scenario_model(market, seed=1).shocks(third)
    assert np.array_equal(shocks, scenario_model(market, seed=1).shocks(third))
    assert not np.array_equal(shocks, scenario_model(market, seed=2).shocks(third))
    assert not np.array_equal(shocks, scenario_model(market, seed=1).shocks(Block(Source.MONTE_CARLO, 4, BLOCK_SIZE)))


def test_more_scenarios_only_add_to_fewer(market: MarketSnapshot) -> None:
    model = scenario_model(market, seed=1)
    cut_short = model.shocks(Block(Source.MONTE_CARLO, 0, 20))
    assert np.array_equal(cut_short, model.shocks(Block(Source.MONTE_CARLO, 0, BLOCK_SIZE))[:20])


def test_draws_have_the_volatilities_and_correlations_of_the_snapshot(market: MarketSnapshot) -> None:
    model = scenario_model(market, seed=1)
    sample = np.concatenate([model.shocks(block) for block in blocks(Source.MONTE_CARLO, 50_000)])
    assert sample.mean(axis=0) / np.array(market.daily_volatility) == pytest.approx(np.zeros(len(market.factors)), abs=0.02)
    assert sample.std(axis=0) == pytest.approx(market.daily_volatility, rel=0.015)
    assert np.corrcoef(sample.T) == pytest.approx(np.array(market.correlation), abs=0.02)
