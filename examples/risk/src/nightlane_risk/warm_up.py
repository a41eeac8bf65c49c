"""A small night in one JVM: `make-class-archive.sh` runs it to learn which classes a driver and its executors load."""

import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from nightlane_risk.commit import committing
from nightlane_risk.market.snapshot import write_snapshot
from nightlane_risk.market.synthetic import read_seed, snapshot_of
from nightlane_risk.spark_session import start_session
from nightlane_risk.stages.revaluation import RevaluationOptions, revalue
from nightlane_risk.stages.scenarios import ScenarioOptions, generate_scenarios
from nightlane_risk.stages.var_es import measure
from nightlane_risk.step import Step

_BUSINESS_DATE = date(2026, 3, 31)


def main(data: Path) -> None:
    """Run the Spark stages on the example's data in a directory that goes away."""
    with TemporaryDirectory() as directory:
        night = Path(directory)
        with committing(night, "market", 1) as result:
            write_snapshot(snapshot_of(read_seed(data / "market-seed.json"), _BUSINESS_DATE, history_days=250), result)

        def step(name: str) -> Step:
            return Step(night, name, 1, _BUSINESS_DATE)

        spark = start_session("warm-up")
        generate_scenarios(spark, step("scenarios"), ScenarioOptions("market", 1000, 1, 2))
        revalue(spark, step("revaluation"), RevaluationOptions("market", "scenarios", data / "portfolio.csv", 2))
        measure(spark, step("var-es"), "market", "revaluation", 2)
        spark.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
