"""The queries behind `var_es`: the P&L of each group of trades, its tail, the scenarios behind it, the histogram.

All amounts are whole cents in 64-bit integers, so every sum is exact and no result depends on how rows were distributed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as sql

from nightlane_risk.round_step import round_step

Positions = tuple[int, ...]
"""Which trades make up a group: their places in the P&L arrays."""

_EXACT = "decimal(38,0)"
"""Sums of squares of cents outgrow 64 bits."""


@dataclass(frozen=True)
class Outcomes:
    """The P&L distribution of one group over the scenarios of one source, in cents."""

    tail: list[int]
    """The worst outcomes, ascending."""
    total: Decimal
    total_of_squares: Decimal
    best: int


@dataclass(frozen=True)
class TailScenario:
    """One scenario with the P&L of each trade, in cents."""

    scenario: int
    pnl: list[int]


@dataclass(frozen=True)
class Histogram:
    """How many outcomes fall into each of equally wide bins, by source; amounts in cents."""

    start: int
    width: int
    counts: dict[str, list[int]]


def amount_of(positions: Positions) -> Column:
    """Return the P&L of a group in a scenario."""
    amount = sql.col("pnl")[positions[0]]
    for position in positions[1:]:
        amount = amount + sql.col("pnl")[position]
    return amount


def outcomes(pnl: DataFrame, groups: Sequence[Positions], tail_size: int) -> dict[tuple[int, str], Outcomes]:
    """Return each group's distribution by the group's index and source, with its worst `tail_size` outcomes."""
    by_group = pnl.select("source", sql.posexplode(sql.array([amount_of(group) for group in groups])).alias("group", "amount"))
    exact = sql.col("amount").cast(_EXACT)
    rows = by_group.groupBy("source", "group").agg(
        sql.slice(sql.sort_array(sql.collect_list("amount")), 1, tail_size).alias("tail"),
        sql.sum(exact).alias("total"),
        sql.sum(exact * exact).alias("squares"),
        sql.max("amount").alias("best"),
    )
    return {
        (row["group"], row["source"]): Outcomes(row["tail"], row["total"], row["squares"], row["best"]) for row in rows.collect()
    }


def tail_scenarios(pnl: DataFrame, whole: Positions, tails: Mapping[str, Sequence[int]]) -> dict[str, list[TailScenario]]:
    """Return the scenarios behind each source's worst outcomes, given ascending; of equal outcomes the first scenarios."""
    amount = amount_of(whole)
    worst = [(sql.col("source") == source) & (amount <= tail[-1]) for source, tail in tails.items()]
    rows = pnl.where(reduce(or_, worst)).select("source", amount.alias("amount"), "scenario", "pnl").collect()
    rows.sort(key=lambda row: (row["amount"], row["scenario"]))
    return {
        source: [TailScenario(row["scenario"], row["pnl"]) for row in rows if row["source"] == source][: len(tail)]
        for source, tail in tails.items()
    }


def daily_amounts(pnl: DataFrame, whole: Positions, source: str) -> list[int]:
    """Return the portfolio's P&L in every scenario of one source, by scenario."""
    rows = pnl.where(sql.col("source") == source).select("scenario", amount_of(whole).alias("amount")).collect()
    return [row["amount"] for row in sorted(rows, key=lambda row: row["scenario"])]


def histogram(pnl: DataFrame, whole: Positions, low: int, high: int, bins: int) -> Histogram:
    """Count the portfolio's outcomes, which lie between low and high, in at most `bins` bins of a round width."""
    width = round_step(high - low, bins - 1)
    start = low // width * width
    number = ((amount_of(whole) - start) / width).cast("int")
    length = (high - start) // width + 1
    counts: dict[str, list[int]] = {}
    for row in pnl.groupBy("source", number.alias("bin")).count().collect():
        counts.setdefault(row["source"], [0] * length)[row["bin"]] = row["count"]
    return Histogram(start, width, dict(sorted(counts.items())))
