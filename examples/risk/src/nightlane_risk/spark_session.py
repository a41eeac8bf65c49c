"""The one place where a Spark session starts and stops."""

import os
import sys
from collections.abc import Callable
from typing import NoReturn

from pyspark import SparkContext
from pyspark.sql import SparkSession

from nightlane_risk.command import run
from nightlane_risk.starvation import DEFAULT_LIMIT_SECONDS, LIMIT_VARIABLE, StarvationWatch
from nightlane_risk.step import Step, step_from_environment


def run_with_spark(name: str, stage: Callable[[SparkSession, Step], None]) -> NoReturn:
    """Run a stage as the step that the environment names, in a session of its own, and exit with the stage's code.

    The session is stopped whatever happens, so that no executor outlives its driver.

    Where Spark runs and with how many executors is the submitter's business: nothing of it is set here.
    """

    def command() -> None:
        step = step_from_environment(os.environ)
        limit = float(os.environ.get(LIMIT_VARIABLE, DEFAULT_LIMIT_SECONDS))
        spark = start_session(name)
        try:
            with StarvationWatch(_Application(spark.sparkContext), limit):
                stage(spark, step)
        finally:
            spark.stop()

    sys.exit(run(command))


def start_session(name: str) -> SparkSession:
    """Start a session whose Python workers are this very interpreter, with its packages."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder: SparkSession.Builder = SparkSession.builder
    # Every stage states its own partitioning and runs few, short queries: planning them anew midway costs more than it saves.
    return builder.appName(name).config("spark.sql.adaptive.enabled", "false").getOrCreate()


def partition_count(spark: SparkSession, wanted: int | None) -> int:
    """Return the number of partitions to use: the wanted one, or one per core of the executors.

    Joins and groupings use the same number; results never depend on it.
    """
    count = wanted if wanted is not None else spark.sparkContext.defaultParallelism
    spark.conf.set("spark.sql.shuffle.partitions", count)
    return count


class _Application:
    """What the starvation watch sees of a Spark application."""

    def __init__(self, context: SparkContext) -> None:
        self._context = context

    def is_starving(self) -> bool:
        tracker = self._context.statusTracker()
        stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        waiting = [stage for stage in stages if stage is not None]
        return bool(waiting) and all(stage.numActiveTasks == 0 for stage in waiting)

    def cancel(self) -> None:
        self._context.cancelAllJobs()
