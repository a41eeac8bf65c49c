#!/usr/bin/env python3
"""Generates historical and Monte Carlo scenarios from the night's market snapshot."""

import argparse

from nightlane_risk.arguments import add_input, add_partitions, count, seed
from nightlane_risk.spark_session import run_with_spark
from nightlane_risk.stages.scenarios import ScenarioOptions, generate_scenarios


def main() -> None:
    """Run the stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--scenarios", type=count, default=10_000, metavar="N", help="Monte Carlo scenarios (default: %(default)s)"
    )
    parser.add_argument(
        "--seed", type=seed, default=1, metavar="S", help="tells samples of one date apart (default: %(default)s)"
    )
    add_input(parser, "--market", "market")
    add_partitions(parser)
    given = parser.parse_args()
    options = ScenarioOptions(given.market, given.scenarios, given.seed, given.partitions)
    run_with_spark("scenarios", lambda spark, step: generate_scenarios(spark, step, options))


if __name__ == "__main__":
    main()
