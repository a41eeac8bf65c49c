"""Stage `var_es`: value at risk and expected shortfall of the portfolio and of its parts."""

import csv
import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession

from nightlane_risk.commit import committed_result, committing, result_digest
from nightlane_risk.json_file import read_json, write_json
from nightlane_risk.market.factors import BASE_CURRENCY
from nightlane_risk.market.snapshot import read_snapshot
from nightlane_risk.measures import ES_LEVEL, VAR_LEVEL, tail_index, tail_risk
from nightlane_risk.scenarios import Source
from nightlane_risk.spark_session import partition_count
from nightlane_risk.stages.aggregation import (
    Group,
    Outcomes,
    histogram,
    outcomes,
    pnl_by_group,
    tail_sums,
    totals_of,
)
from nightlane_risk.stages.revaluation import PNL, REVALUATION
from nightlane_risk.step import Step

VAR, DAILY_PNL = "var.json", "pnl-historical.csv"
_BINS = 80
_WORST_DAYS = 8
_WHOLE = Group(None, None)


@dataclass(frozen=True)
class _Measured:
    """One source of scenarios and how far its tails reach."""

    count: int

    @property
    def es_size(self) -> int:
        return tail_index(self.count, ES_LEVEL) + 1

    @property
    def longer_tail(self) -> int:
        return max(self.es_size, tail_index(self.count, VAR_LEVEL) + 1)


def measure(spark: SparkSession, step: Step, market_step: str, revaluation_step: str, partitions: int | None) -> None:
    """Write var.json (measures, contributions, distribution) and pnl-historical.csv (the portfolio's P&L by day)."""
    directory = committed_result(step.night_dir, revaluation_step)
    revaluation = read_json(directory / REVALUATION)
    sources = {source: _Measured(count) for source, count in revaluation["counts"].items()}
    partition_count(spark, partitions)
    trades = [(position, trade["book"], trade["pair"]) for position, trade in enumerate(revaluation["trades"])]
    by_group = pnl_by_group(spark, spark.read.parquet(str(directory / PNL)), trades)
    by_group.persist(StorageLevel.MEMORY_AND_DISK)

    risks = _risks(by_group, sources)
    totals = totals_of(by_group)
    days = _daily_pnl(totals, read_snapshot(committed_result(step.night_dir, market_step)).history_days)
    with committing(step.night_dir, step.name, step.attempt) as result:
        write_json(
            result.file(VAR),
            {
                "businessDate": step.business_date.isoformat(),
                "currency": BASE_CURRENCY,
                "horizonDays": 1,
                "levels": {"var": float(VAR_LEVEL), "es": float(ES_LEVEL)},
                "portfolio": _portfolio(revaluation),
                "total": risks[_WHOLE],
                "groups": [
                    {"book": group.book, "pair": group.pair, **risks[group]}
                    for group in sorted(risks, key=lambda group: (group.book or "", group.pair or ""))
                    if group != _WHOLE
                ],
                "worstDays": [{"date": day.isoformat(), "pnl": _euro(pnl)} for pnl, day in sorted(days)[:_WORST_DAYS]],
                "distribution": _distribution(totals),
                "inputs": {
                    "marketSha256": revaluation["marketSha256"],
                    "scenariosSha256": revaluation["scenariosSha256"],
                    "revaluationSha256": result_digest(directory),
                },
            },
        )
        _write_daily_pnl(result.file(DAILY_PNL), days)
    for source, risk in risks[_WHOLE].items():
        print(f"{source}: VaR {VAR_LEVEL} = {risk['var']:,.2f}, ES {ES_LEVEL} = {risk['es']:,.2f} {BASE_CURRENCY}")


def _risks(by_group: DataFrame, sources: dict[str, _Measured]) -> dict[Group, dict[str, Any]]:
    """Return the measures of each group by source."""
    distributions = outcomes(by_group, max(source.longer_tail for source in sources.values()))
    in_tail = tail_sums(by_group, {name: source.es_size for name, source in sources.items()})
    risks: dict[Group, dict[str, Any]] = {}
    for (group, name), distribution in sorted(distributions.items(), key=lambda item: item[0][1]):
        source = sources[name]
        contribution = Fraction(-in_tail[group, name], source.es_size)
        risks.setdefault(group, {})[name] = _risk(distribution, source.count, contribution)
    return risks


def _risk(distribution: Outcomes, count: int, contribution: Fraction) -> dict[str, int | float]:
    risk = tail_risk(distribution.tail, count)
    mean = Fraction(distribution.total) / count
    variance = Fraction(distribution.total_of_squares) / count - mean * mean
    return {
        "scenarios": count,
        "var": _euro(risk.var),
        "es": _euro(risk.es),
        "esContribution": _euro(contribution),
        "mean": _euro(mean),
        "standardDeviation": _euro(Fraction(math.sqrt(variance))),
    }


def _euro(cents: Fraction | Decimal | int) -> float:
    """Return whole cents (ties to even) as euro: the float nearest to two decimals, which prints as such."""
    return round(Fraction(cents)) / 100


def _portfolio(revaluation: dict[str, Any]) -> dict[str, int | float]:
    return {
        "trades": len(revaluation["trades"]),
        "expired": revaluation["expiredTrades"],
        "value": _euro(sum(trade["valueInCents"] for trade in revaluation["trades"])),
    }


def _daily_pnl(totals: DataFrame, history_days: tuple[date, ...]) -> list[tuple[int, date]]:
    """Return what today's portfolio would have made on each day of the history, in cents, oldest first."""
    rows = totals.where(totals["source"] == Source.HISTORICAL.value).orderBy("scenario").collect()
    return [(row["amount"], history_days[row["scenario"]]) for row in rows]


def _write_daily_pnl(path: Path, days: list[tuple[int, date]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(("date", "pnl"))
        writer.writerows((day.isoformat(), f"{_euro(pnl):.2f}") for pnl, day in days)


def _distribution(totals: DataFrame) -> dict[str, Any]:
    bins = histogram(totals, _BINS)
    return {"start": _euro(bins.start), "binWidth": _euro(bins.width), "counts": bins.counts}
