"""Runs a step with `python -m nightlane_runner`."""

from nightlane_runner.main import run

run()
