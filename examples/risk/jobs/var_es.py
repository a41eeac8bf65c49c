#!/usr/bin/env python3
"""Measures 99% value at risk and 97.5% expected shortfall, historical and Monte Carlo."""

import argparse

from nightlane_risk.arguments import add_input, add_partitions
from nightlane_risk.spark_session import run_with_spark
from nightlane_risk.stages.var_es import measure


def main() -> None:
    """Run the stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_input(parser, "--market", "market")
    add_input(parser, "--revaluation", "revaluation")
    add_partitions(parser)
    options = parser.parse_args()
    run_with_spark(
        "var-es",
        lambda spark, step: measure(spark, step, options.market, options.revaluation, options.partitions),
    )


if __name__ == "__main__":
    main()
