#!/usr/bin/env python3
"""Writes the night's report: an HTML page and a CSV table. Plain Python, whoever starts it."""

import argparse
import os
import sys

from nightlane_risk.arguments import add_input
from nightlane_risk.command import run
from nightlane_risk.stages.report import report
from nightlane_risk.step import step_from_environment


def main() -> int:
    """Run the stage; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_input(parser, "--var", "var-es")
    options = parser.parse_args()
    return run(lambda: report(step_from_environment(os.environ), options.var))


if __name__ == "__main__":
    sys.exit(main())
