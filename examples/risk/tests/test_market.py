"""The market snapshot: the same for everyone who takes it, and consistent from day to day."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from nightlane_risk.commit import committing, result_digest
from nightlane_risk.errors import InputError
from nightlane_risk.exact import cholesky
from nightlane_risk.market.factors import FactorKind, RiskFactor
from nightlane_risk.market.snapshot import MarketSnapshot, read_snapshot, write_snapshot
from nightlane_risk.market.synthetic import MarketSeed, read_seed, snapshot_of
from tests.conftest import BUSINESS_DATE


def digest(folder: Path, market: MarketSnapshot) -> str:
    with committing(folder, "market", 1) as result:
        write_snapshot(market, result)
    return result_digest(folder / "market")


def test_a_date_has_one_snapshot(seed: MarketSeed, market: MarketSnapshot, tmp_path: Path) -> None:
    again = snapshot_of(seed, BUSINESS_DATE, history_days=250)
    assert digest(tmp_path / "one", market) == digest(tmp_path / "two", again)


def test_the_snapshot_of_a_known_date_never_changes(seed: MarketSeed, tmp_path: Path) -> None:
    known = "fe6eb43b9da7664342f43b6fd22f34ee4848f798fe3e80811172a35298f6b31c"
    assert digest(tmp_path, snapshot_of(seed, BUSINESS_DATE, history_days=500)) == known


def test_files_hold_the_snapshot_exactly(night_dir: Path, market: MarketSnapshot) -> None:
    read = read_snapshot(night_dir / "market")
    assert np.array_equal(read.history, market.history)
    for name in ("business_date", "as_of", "factors", "levels", "daily_volatility", "correlation", "history_days"):
        assert getattr(read, name) == getattr(market, name)


def test_histories_of_two_dates_agree_where_they_overlap(seed: MarketSeed, market: MarketSnapshot) -> None:
    next_day = snapshot_of(seed, date(2026, 4, 1), history_days=250)
    assert next_day.history_days[:-1] == market.history_days[1:]
    assert np.array_equal(next_day.history[:-1], market.history[1:])


def test_a_level_moves_by_its_shock(seed: MarketSeed, market: MarketSnapshot) -> None:
    next_day = snapshot_of(seed, date(2026, 4, 1), history_days=250)
    spot, rate = RiskFactor(FactorKind.SPOT, "EURUSD"), RiskFactor(FactorKind.RATE, "USD")
    shocks = dict(zip(next_day.factors, next_day.history[-1].tolist(), strict=True))
    assert next_day.level(spot) == pytest.approx(market.level(spot) * np.exp(shocks[spot]), rel=1e-7)
    assert next_day.level(rate) == pytest.approx(market.level(rate) + shocks[rate], rel=1e-6)


def test_a_weekend_shows_the_close_of_friday(seed: MarketSeed) -> None:
    saturday, sunday, friday = (snapshot_of(seed, date(2026, 3, day), 250) for day in (28, 29, 27))
    assert saturday.as_of == sunday.as_of == friday.as_of == date(2026, 3, 27)
    assert saturday.levels == sunday.levels == friday.levels


def test_volatilities_and_correlations_are_those_of_the_history(market: MarketSnapshot) -> None:
    assert market.daily_volatility == pytest.approx(market.history.std(axis=0, ddof=1), rel=1e-5)
    assert np.array(market.correlation) == pytest.approx(np.corrcoef(market.history.T), abs=1e-6)
    assert len(cholesky(market.correlation)) == len(market.factors)


def test_a_date_before_the_history_is_refused(seed: MarketSeed) -> None:
    with pytest.raises(InputError, match="2018-06-01 has 110 weekdays since 2018-01-01, 500 days of history wanted"):
        snapshot_of(seed, date(2018, 6, 1), 500)


def test_unreadable_seed_data_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    path.write_text('{"epoch": "2018-01-01", "factors": {"spot:EURUSD": {"start": 1.1}}}', encoding="utf-8")
    with pytest.raises(InputError, match=r"seed.json: is not readable seed data \(KeyError: 'daily'\)"):
        read_seed(path)
