#!/usr/bin/env python3
"""Takes the market snapshot of a business date. Plain Python and NumPy; runs in the pricing engine's pod.

Writes market.json, factors.csv, correlations.csv, history.csv and manifest.json; prints the SHA-256 of each and of the snapshot.
"""

import argparse
import sys
from datetime import date
from pathlib import Path

from nightlane_risk.arguments import count
from nightlane_risk.command import run
from nightlane_risk.commit import committing, result_digest, result_listing
from nightlane_risk.market.snapshot import write_snapshot
from nightlane_risk.market.synthetic import read_seed, snapshot_of

_SEED_DATA = Path(__file__).parent.parent / "data" / "market-seed.json"


def main() -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="directory to write, replaced as a whole")
    parser.add_argument("--date", type=date.fromisoformat, required=True, metavar="D", help="business date, as in 2026-03-31")
    parser.add_argument("--seed-data", type=Path, default=_SEED_DATA, metavar="FILE", help="default: %(default)s")
    parser.add_argument("--history-days", type=count, default=500, metavar="N", help="default: %(default)s")
    parser.add_argument("--attempt", type=count, default=1, metavar="K", help="attempt at the step (default: %(default)s)")
    options = parser.parse_args()

    def take() -> None:
        snapshot = snapshot_of(read_seed(options.seed_data), options.date, options.history_days)
        with committing(options.out.parent, options.out.name, options.attempt) as result:
            write_snapshot(snapshot, result)
        print(result_listing(options.out), end="")
        print(f"market snapshot of {snapshot.business_date}, close of {snapshot.as_of}: sha256 {result_digest(options.out)}")

    return run(take)


if __name__ == "__main__":
    sys.exit(main())
