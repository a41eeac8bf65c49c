"""Stage `var_es`: value at risk and expected shortfall of the portfolio and of its parts."""

import csv
import math
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from nightlane_risk.commit import committed_result, committing, result_digest
from nightlane_risk.groups import WHOLE, Group, groups_of
from nightlane_risk.json_file import read_json, write_json
from nightlane_risk.market.factors import BASE_CURRENCY
from nightlane_risk.market.snapshot import read_snapshot
from nightlane_risk.measures import ES_LEVEL, VAR_LEVEL, tail_index, tail_risk
from nightlane_risk.scenarios import Source
from nightlane_risk.spark_session import partition_count
from nightlane_risk.stages.aggregation import Outcomes, Positions, daily_amounts, histogram, outcomes, tail_scenarios
from nightlane_risk.stages.names import DAILY_PNL, PNL, REVALUATION, VAR
from nightlane_risk.step import Step

_BINS = 120
_WORST_DAYS = 8

GroupOutcomes = dict[Group, dict[str, Outcomes]]


def measure(spark: SparkSession, step: Step, market_step: str, revaluation_step: str, partitions: int | None) -> None:
    """Write var.json (measures, contributions, distribution) and pnl-historical.csv (the portfolio's P&L by day)."""
    directory = committed_result(step.night_dir, revaluation_step)
    revaluation = read_json(directory / REVALUATION)
    history_days = read_snapshot(committed_result(step.night_dir, market_step)).history_days
    groups = groups_of((trade["book"], trade["pair"]) for trade in revaluation["trades"])
    partition_count(spark, partitions)
    pnl = spark.read.parquet(str(directory / PNL))

    distributions = _distributions(pnl, groups, revaluation["counts"])
    contributions = _contributions(pnl, groups, distributions[WHOLE], revaluation["counts"])
    days = sorted(zip(daily_amounts(pnl, groups[WHOLE], Source.HISTORICAL.value), history_days, strict=True))
    risks = {
        group: {
            source: _risk(by_source[source], revaluation["counts"][source], contributions[group, source]) for source in by_source
        }
        for group, by_source in distributions.items()
    }
    for source, risk in risks[WHOLE].items():
        print(f"{source}: VaR {VAR_LEVEL} = {risk['var']:,.2f}, ES {ES_LEVEL} = {risk['es']:,.2f} {BASE_CURRENCY}")
    with committing(step.night_dir, step.name, step.attempt) as result:
        write_json(
            result.file(VAR),
            {
                "businessDate": step.business_date.isoformat(),
                "currency": BASE_CURRENCY,
                "horizonDays": 1,
                "levels": {"var": float(VAR_LEVEL), "es": float(ES_LEVEL)},
                "portfolio": _portfolio(revaluation),
                "total": risks.pop(WHOLE),
                "groups": [{"book": group.book, "pair": group.pair, "bySource": by_source} for group, by_source in risks.items()],
                "worstDays": [{"date": day.isoformat(), "pnl": _euro(amount)} for amount, day in days[:_WORST_DAYS]],
                "distribution": _bins(pnl, groups[WHOLE], distributions[WHOLE]),
                "inputs": {
                    "marketSha256": revaluation["marketSha256"],
                    "scenariosSha256": revaluation["scenariosSha256"],
                    "revaluationSha256": result_digest(directory),
                },
            },
        )
        _write_daily_pnl(result.file(DAILY_PNL), days)


def _distributions(pnl: DataFrame, groups: Mapping[Group, Positions], counts: Mapping[str, int]) -> GroupOutcomes:
    longest = max(tail_index(count, level) + 1 for count in counts.values() for level in (VAR_LEVEL, ES_LEVEL))
    found = outcomes(pnl, list(groups.values()), longest)
    return {group: {source: found[index, source] for source in sorted(counts)} for index, group in enumerate(groups)}


def _contributions(
    pnl: DataFrame, groups: Mapping[Group, Positions], whole: Mapping[str, Outcomes], counts: Mapping[str, int]
) -> dict[tuple[Group, str], Fraction]:
    """Return each group's share of the whole portfolio's ES in cents: its average loss in the scenarios behind that ES."""
    tails = {source: whole[source].tail[: tail_index(count, ES_LEVEL) + 1] for source, count in counts.items()}
    return {
        (group, source): -Fraction(sum(scenario.pnl[i] for scenario in scenarios for i in positions), len(scenarios))
        for source, scenarios in tail_scenarios(pnl, groups[WHOLE], tails).items()
        for group, positions in groups.items()
    }


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


def _portfolio(revaluation: Mapping[str, Any]) -> dict[str, int | float]:
    return {
        "trades": len(revaluation["trades"]),
        "expired": revaluation["expiredTrades"],
        "value": _euro(sum(trade["valueInCents"] for trade in revaluation["trades"])),
    }


def _bins(pnl: DataFrame, whole: Positions, by_source: Mapping[str, Outcomes]) -> dict[str, Any]:
    low = min(outcome.tail[0] for outcome in by_source.values())
    high = max(outcome.best for outcome in by_source.values())
    bins = histogram(pnl, whole, low, high, _BINS)
    return {"start": _euro(bins.start), "binWidth": _euro(bins.width), "counts": bins.counts}


def _write_daily_pnl(path: Path, days: Sequence[tuple[int, date]]) -> None:
    """Write what today's portfolio would have made on each day of the history, oldest first."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(("date", "pnl"))
        writer.writerows(
            (day.isoformat(), f"{_euro(amount):.2f}") for day, amount in sorted((day, amount) for amount, day in days)
        )
