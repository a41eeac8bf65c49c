#!/usr/bin/env bash
# Lints, type-checks and tests the example risk application. Needs Python 3.11 and Java 17.
#   ./check.sh            everything
#   ./check.sh -k pnl     arguments go to pytest
set -euo pipefail
cd "$(dirname "$0")"
python=$(./venv.sh)

"$python" -m ruff check .
"$python" -m ruff format --check .
"$python" -m mypy
PYTHONPATH=src exec "$python" -m pytest "$@"
