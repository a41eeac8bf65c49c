"""The queries behind `var_es`: P&L by group and scenario, the tail of each group, contributions, the histogram.

All amounts are whole cents in 64-bit integers, so every sum is exact and no result depends on how rows were distributed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as sql

_EXACT = "decimal(38,0)"
"""Sums of squares of cents outgrow 64 bits."""


@dataclass(frozen=True)
class Group:
    """A part of the portfolio: one book, one pair, one pair in one book, or (both None) all of it."""

    book: str | None
    pair: str | None


@dataclass(frozen=True)
class Outcomes:
    """The P&L distribution of one group over the scenarios of one source, in cents."""

    tail: list[int]
    """The worst outcomes, ascending."""
    total: Decimal
    total_of_squares: Decimal


OutcomesByGroup = dict[tuple[Group, str], Outcomes]


def pnl_by_group(spark: SparkSession, pnl: DataFrame, trades: list[tuple[int, str, str]]) -> DataFrame:
    """Return source, scenario, book, pair, amount; a null book or pair stands for all of them.

    `trades` gives the position of each trade in the P&L arrays, its book and its pair.
    """
    groups = sql.broadcast(spark.createDataFrame(trades, "position int, book string, pair string"))
    exploded = pnl.select("source", "scenario", sql.posexplode("pnl").alias("position", "amount"))
    finest = exploded.join(groups, "position").groupBy("source", "scenario", "book", "pair")
    amount = sql.sum("amount").alias("amount")
    key = [sql.col("source"), sql.col("scenario")]
    book, pair = sql.col("book"), sql.col("pair")
    return finest.agg(amount).groupingSets([key, [*key, book], [*key, pair], [*key, book, pair]], *key, book, pair).agg(amount)


def totals_of(by_group: DataFrame) -> DataFrame:
    """Return source, scenario, amount of the whole portfolio."""
    return by_group.where("book is null and pair is null").select("source", "scenario", "amount")


def outcomes(by_group: DataFrame, tail_size: int) -> OutcomesByGroup:
    """Return each group's distribution with its worst `tail_size` outcomes."""
    exact = sql.col("amount").cast(_EXACT)
    rows = by_group.groupBy("source", "book", "pair").agg(
        sql.slice(sql.sort_array(sql.collect_list("amount")), 1, tail_size).alias("tail"),
        sql.sum(exact).alias("total"),
        sql.sum(exact * exact).alias("squares"),
    )
    return {
        (Group(row["book"], row["pair"]), row["source"]): Outcomes(row["tail"], row["total"], row["squares"])
        for row in rows.collect()
    }


def tail_sums(by_group: DataFrame, tail_sizes: Mapping[str, int]) -> dict[tuple[Group, str], int]:
    """Return what each group makes in the whole portfolio's worst scenarios of each source; groups add up to the whole."""
    rank = sql.row_number().over(Window.partitionBy("source").orderBy("amount", "scenario"))
    worst = totals_of(by_group).withColumn("rank", rank).where(sql.col("rank") <= _by_source(tail_sizes))
    rows = (
        by_group.join(worst.select("source", "scenario"), ["source", "scenario"])
        .groupBy("source", "book", "pair")
        .agg(sql.sum("amount").alias("amount"))
    )
    return {(Group(row["book"], row["pair"]), row["source"]): row["amount"] for row in rows.collect()}


def _by_source(values: Mapping[str, int]) -> Column:
    column = sql.lit(None)
    for source, value in values.items():
        column = sql.when(sql.col("source") == source, value).otherwise(column)
    return column


@dataclass(frozen=True)
class Histogram:
    """How many outcomes fall into each of equally wide bins, by source; amounts in cents."""

    start: int
    width: int
    counts: dict[str, list[int]]


def histogram(totals: DataFrame, bins: int) -> Histogram:
    """Count the outcomes of each source in at most `bins` bins of a round width."""
    low, high = next(iter(totals.agg(sql.min("amount"), sql.max("amount")).collect()))
    width = _round_width(high - low, bins)
    start = low // width * width
    counts: dict[str, list[int]] = {}
    number = sql.expr(f"(amount - {start}) div {width}").alias("bin")
    for row in totals.groupBy("source", number).count().orderBy("source", "bin").collect():
        counts.setdefault(row["source"], [0] * ((high - start) // width + 1))[row["bin"]] = row["count"]
    return Histogram(start, width, counts)


def _round_width(spread: int, bins: int) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, 50, ... that cuts the spread into fewer than that many pieces."""
    scale = 1
    while True:
        for digit in (1, 2, 5):
            if digit * scale * (bins - 1) > spread:
                return digit * scale
        scale *= 10
