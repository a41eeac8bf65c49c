"""Stage `revaluation`: value the whole portfolio under every scenario on the executors."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from pyspark.sql import Row, SparkSession

from nightlane_risk.commit import committed_result, committing, result_digest
from nightlane_risk.errors import Fault, InputError
from nightlane_risk.json_file import read_json, write_json
from nightlane_risk.market.snapshot import read_snapshot
from nightlane_risk.portfolio import read_portfolio
from nightlane_risk.revaluation import Revaluation
from nightlane_risk.scenarios import BLOCK_SIZE
from nightlane_risk.spark_session import partition_count
from nightlane_risk.stages.names import PNL, REVALUATION, SCENARIOS, SHOCKS
from nightlane_risk.step import Step

_SCHEMA = "source string, scenario long, pnl array<long>"

PnlRow = tuple[str, int, list[int]]


@dataclass(frozen=True)
class RevaluationOptions:
    """What the stage is asked for."""

    market_step: str
    """The step that took the market snapshot."""
    scenarios_step: str
    """The step that generated the scenarios, from that same snapshot."""
    portfolio: Path
    partitions: int | None


def revalue(spark: SparkSession, step: Step, options: RevaluationOptions) -> None:
    """Write pnl/ (Parquet: source, scenario, P&L of each trade in cents) and revaluation.json about the trades."""
    market_directory = committed_result(step.night_dir, options.market_step)
    scenarios_directory = committed_result(step.night_dir, options.scenarios_step)
    scenarios = read_json(scenarios_directory / SCENARIOS)
    _check_market(result_digest(market_directory), scenarios["marketSha256"], market_directory, options.scenarios_step)
    revaluation = Revaluation(read_snapshot(market_directory), read_portfolio(options.portfolio))
    tasks = partition_count(spark, options.partitions)
    print(
        f"{len(revaluation.trades)} trades alive, {revaluation.expired} expired, "
        f"{sum(scenarios['counts'].values())} scenarios: {tasks} tasks"
    )

    def rows_of(rows: Iterable[Row]) -> Iterator[PnlRow]:
        return _rows(revaluation, rows)

    with committing(step.night_dir, step.name, step.attempt) as result:
        shocks = spark.read.parquet(str(scenarios_directory / SHOCKS)).select("source", "scenario", "shocks")
        pnl = shocks.repartition(tasks).rdd.mapPartitions(rows_of)
        spark.createDataFrame(pnl, _SCHEMA, verifySchema=False).write.parquet(str(result.directory / PNL))
        write_json(
            result.file(REVALUATION),
            {
                "businessDate": step.business_date.isoformat(),
                "scenariosSha256": result_digest(scenarios_directory),
                "marketSha256": scenarios["marketSha256"],
                "counts": scenarios["counts"],
                "expiredTrades": revaluation.expired,
                "trades": [
                    {"trade": trade.trade, "book": trade.book, "pair": trade.pair, "valueInCents": value}
                    for trade, value in zip(revaluation.trades, revaluation.values_in_cents, strict=True)
                ],
            },
        )


def _check_market(found: str, expected: str, directory: Path, scenarios_step: str) -> None:
    if found != expected:
        problem = f"is not the snapshot that {scenarios_step!r} was generated from (SHA-256 {found}, not {expected})"
        raise InputError([Fault(str(directory), problem, f"Run {scenarios_step!r} again.")])


def _rows(revaluation: Revaluation, rows: Iterable[Row]) -> Iterator[PnlRow]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BLOCK_SIZE)):
        gains = revaluation.pnl_in_cents(np.array([row["shocks"] for row in batch]))
        for row, pnl in zip(batch, gains.tolist(), strict=True):
            yield (row["source"], row["scenario"], pnl)
