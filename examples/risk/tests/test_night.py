"""The night's stages on a local Spark, end to end: right, and the same whatever the partitioning."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyspark.sql import SparkSession

from nightlane_risk.commit import committing, result_digest
from nightlane_risk.errors import InputError
from nightlane_risk.market.snapshot import MarketSnapshot, read_snapshot, write_snapshot
from nightlane_risk.market.synthetic import MarketSeed, snapshot_of
from nightlane_risk.measures import tail_risk
from nightlane_risk.pnl_var import main as pnl_var
from nightlane_risk.portfolio import read_portfolio
from nightlane_risk.revaluation import Revaluation
from nightlane_risk.scenarios import Source, blocks, scenario_model
from nightlane_risk.stages.report import report
from nightlane_risk.stages.revaluation import RevaluationOptions, revalue
from nightlane_risk.stages.scenarios import ScenarioOptions, generate_scenarios
from nightlane_risk.stages.var_es import measure
from nightlane_risk.step import Step
from tests.conftest import BUSINESS_DATE, DATA

MONTE_CARLO = 1300  # three blocks, the last of them short
PORTFOLIO = DATA / "portfolio.csv"


@dataclass(frozen=True)
class Night:
    """Runs stages in a directory."""

    spark: SparkSession
    directory: Path

    def step(self, name: str, attempt: int = 1) -> Step:
        return Step(self.directory, name, attempt, BUSINESS_DATE)

    def scenarios(self, partitions: int, *, seed: int = 1, attempt: int = 1) -> None:
        generate_scenarios(self.spark, self.step("scenarios", attempt), ScenarioOptions("market", MONTE_CARLO, seed, partitions))

    def revaluation(self, partitions: int, *, attempt: int = 1) -> None:
        revalue(
            self.spark,
            self.step("revaluation", attempt),
            RevaluationOptions("market", "scenarios", PORTFOLIO, partitions),
        )

    def var_es(self, partitions: int, *, attempt: int = 1) -> None:
        measure(self.spark, self.step("var-es", attempt), "market", "revaluation", partitions)

    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.directory / "var-es" / "var.json").read_text(encoding="utf-8"))
        return document


@pytest.fixture
def night(spark: SparkSession, night_dir: Path) -> Night:
    return Night(spark, night_dir)


@pytest.fixture(scope="module")
def completed(spark: SparkSession, market: MarketSnapshot, tmp_path_factory: pytest.TempPathFactory) -> Night:
    """Run one night up to its measures, for tests that only look at the results."""
    night = Night(spark, tmp_path_factory.mktemp("night"))
    with committing(night.directory, "market", 1) as result:
        write_snapshot(market, result)
    night.scenarios(2)
    night.revaluation(3)
    night.var_es(2)
    return night


def pnl_of(market: MarketSnapshot) -> dict[str, np.ndarray[Any, np.dtype[np.int64]]]:
    """Compute the P&L of every trade without Spark."""
    model = scenario_model(market, seed=1)
    revaluation = Revaluation(market, read_portfolio(PORTFOLIO))
    counts = {Source.HISTORICAL: len(market.history), Source.MONTE_CARLO: MONTE_CARLO}
    return {
        source.value: np.concatenate([revaluation.pnl_in_cents(model.shocks(block)) for block in blocks(source, count)])
        for source, count in counts.items()
    }


def measures(amounts: Sequence[int]) -> dict[str, float]:
    risk = tail_risk(sorted(amounts), len(amounts))
    return {"var": round(risk.var) / 100, "es": round(risk.es) / 100}


def test_results_do_not_depend_on_partitioning_or_on_a_rerun(night: Night) -> None:
    results: list[list[str]] = []
    for attempt, partitions in enumerate((1, 2, 7, 2), start=1):
        night.scenarios(partitions, attempt=attempt)
        night.revaluation(8 - partitions, attempt=attempt)
        night.var_es(partitions, attempt=attempt)
        results.append([result_digest(night.directory / step) for step in ("scenarios", "revaluation", "var-es")])
    assert results[1:] == results[:-1]


def test_the_night_measures_what_plain_python_measures(completed: Night, market: MarketSnapshot) -> None:
    document = completed.document()
    trades = read_portfolio(PORTFOLIO)
    for source, pnl in pnl_of(market).items():
        total = document["total"][source]
        whole = pnl.sum(axis=1)
        assert total["scenarios"] == len(pnl)
        assert {name: total[name] for name in ("var", "es")} == measures(whole.tolist())
        assert total["esContribution"] == total["es"]
        assert total["standardDeviation"] == pytest.approx(whole.std() / 100, abs=0.01)
        assert total["mean"] == pytest.approx(whole.mean() / 100, abs=0.01)
        for group in document["groups"]:
            members = [
                i for i, trade in enumerate(trades) if group["book"] in (None, trade.book) and group["pair"] in (None, trade.pair)
            ]
            figures = group["bySource"][source]
            assert {name: figures[name] for name in ("var", "es")} == measures(pnl[:, members].sum(axis=1).tolist())
        assert sum(document["distribution"]["counts"][source]) == len(pnl)
        books = [group for group in document["groups"] if group["pair"] is None]
        assert sum(book["bySource"][source]["esContribution"] for book in books) == pytest.approx(total["es"], abs=0.02)


def test_the_daily_series_gives_the_same_historical_figures(completed: Night, capsys: pytest.CaptureFixture[str]) -> None:
    assert pnl_var([str(completed.directory / "var-es" / "pnl-historical.csv"), "--json"]) == 0
    series = json.loads(capsys.readouterr().out)
    historical = completed.document()["total"]["historical"]
    assert (series["var"]["historical"], series["es"]["historical"]) == (historical["var"], historical["es"])
    assert completed.document()["worstDays"][0] == {"date": series["worst"]["date"], "pnl": series["worst"]["pnl"]}


def test_another_seed_gives_other_scenarios_and_the_same_history(night: Night) -> None:
    night.scenarios(2)
    first = result_digest(night.directory / "scenarios")
    night.scenarios(2, seed=2, attempt=2)
    assert result_digest(night.directory / "scenarios") != first
    rows = night.spark.read.parquet(str(night.directory / "scenarios" / "shocks")).where("source = 'historical'")
    history = read_snapshot(night.directory / "market").history
    assert [row["shocks"] for row in sorted(rows.collect(), key=lambda row: row["scenario"])] == history.tolist()


def test_a_snapshot_retaken_after_the_scenarios_is_noticed(night: Night, seed: MarketSeed) -> None:
    night.scenarios(2)
    with committing(night.directory, "market", 2) as result:
        write_snapshot(snapshot_of(seed, BUSINESS_DATE, history_days=249), result)
    with pytest.raises(InputError, match="is not the snapshot that 'scenarios' was generated from"):
        night.revaluation(2)


def test_the_report_shows_the_measures(completed: Night) -> None:
    report(completed.step("report"), "var-es")
    folder = completed.directory / "report"
    historical = completed.document()["total"]["historical"]
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "FX market risk, 31 March 2026" in page
    assert f"<strong>{historical['var']:,.0f}</strong>" in page
    with (folder / "report.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows[0]["source"] == "historical"
    assert (rows[0]["book"], rows[0]["pair"]) == ("all", "all")
    assert float(rows[0]["var"]) == historical["var"]
    assert len(rows) == 2 * (1 + len(completed.document()["groups"]))
