#!/usr/bin/env python3
"""Revalues the portfolio under every scenario of the night."""

import argparse
from pathlib import Path

from nightlane_risk.arguments import add_input, add_partitions
from nightlane_risk.spark_session import run_with_spark
from nightlane_risk.stages.revaluation import RevaluationOptions, revalue

_PORTFOLIO = Path(__file__).parent.parent / "data" / "portfolio.csv"


def main() -> None:
    """Run the stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--portfolio", type=Path, default=_PORTFOLIO, metavar="FILE", help="default: %(default)s")
    add_input(parser, "--market", "market")
    add_input(parser, "--scenarios", "scenarios")
    add_partitions(parser)
    given = parser.parse_args()
    options = RevaluationOptions(given.market, given.scenarios, given.portfolio, given.partitions)
    run_with_spark("revaluation", lambda spark, step: revalue(spark, step, options))


if __name__ == "__main__":
    main()
