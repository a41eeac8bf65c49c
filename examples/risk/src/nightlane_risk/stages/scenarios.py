"""Stage `scenarios`: produce every scenario on the executors, one block per task item."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as sql

from nightlane_risk.commit import committed_result, committing, result_digest
from nightlane_risk.json_file import write_json
from nightlane_risk.market.snapshot import read_snapshot
from nightlane_risk.scenarios import BLOCK_SIZE, Block, ScenarioModel, Source, blocks, scenario_model
from nightlane_risk.spark_session import partition_count
from nightlane_risk.stages.names import SCENARIOS, SHOCKS
from nightlane_risk.step import Step

_SCHEMA = "source string, block int, scenario long, shocks array<double>"

ShockRow = tuple[str, int, int, list[float]]


@dataclass(frozen=True)
class ScenarioOptions:
    """What the stage is asked for."""

    market_step: str
    """The step that took the market snapshot; every day of its history becomes a historical scenario."""
    monte_carlo: int
    """How many scenarios to draw."""
    seed: int
    partitions: int | None


def generate_scenarios(spark: SparkSession, step: Step, options: ScenarioOptions) -> None:
    """Write shocks/ (Parquet: source, block, scenario, shock of each factor) and scenarios.json about them."""
    market_directory = committed_result(step.night_dir, options.market_step)
    market = read_snapshot(market_directory)
    model = scenario_model(market, options.seed)
    counts = {Source.HISTORICAL: len(market.history), Source.MONTE_CARLO: options.monte_carlo}
    wanted = [block for source, count in counts.items() for block in blocks(source, count)]
    tasks = partition_count(spark, options.partitions)
    print(f"{sum(counts.values())} scenarios, {options.monte_carlo} of them Monte Carlo: {len(wanted)} blocks, {tasks} tasks")

    def rows_of(block: Block) -> Iterator[ShockRow]:
        return _rows(model, block)

    with committing(step.night_dir, step.name, step.attempt) as result:
        rows = spark.sparkContext.parallelize(wanted, tasks).flatMap(rows_of)
        shocks = result.directory / SHOCKS
        spark.createDataFrame(rows, _SCHEMA, verifySchema=False).write.parquet(str(shocks))
        write_json(
            result.file(SCENARIOS),
            {
                "businessDate": step.business_date.isoformat(),
                "marketSha256": result_digest(market_directory),
                "factors": [str(factor) for factor in market.factors],
                "seed": options.seed,
                "blockSize": BLOCK_SIZE,
                "counts": counts,
                "shocksSha256": _digest(spark, shocks),
            },
        )


def _rows(model: ScenarioModel, block: Block) -> Iterator[ShockRow]:
    for offset, shocks in enumerate(model.shocks(block).tolist()):
        yield (block.source.value, block.number, block.first + offset, shocks)


def _digest(spark: SparkSession, shocks: Path) -> str:
    """Return one SHA-256 for all shocks as they were written, whatever the files they are spread over."""
    block_text = sql.to_json(sql.sort_array(sql.collect_list(sql.struct("scenario", "shocks"))))
    digests = spark.read.parquet(str(shocks)).groupBy("source", "block").agg(sql.sha2(block_text, 256).alias("digest")).collect()
    in_order = sorted(digests, key=lambda row: (row["source"], row["block"]))
    return hashlib.sha256("\n".join(row["digest"] for row in in_order).encode()).hexdigest()
