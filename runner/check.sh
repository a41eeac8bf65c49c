#!/bin/sh
# Lints, type-checks and tests the runner in a virtual environment that is kept in the cache, keyed by the lock.
#
#   runner/check.sh               everything
#   runner/check.sh -k calendar   further arguments go to pytest
#
# Locks are regenerated with (uv; no index lines, so that no download address is recorded):
#   uv pip compile --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml -o requirements.lock
#   uv pip compile --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml --group dev -o requirements-dev.lock
set -eu
cd "$(dirname "$0")"

cache=${NIGHTLANE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nightlane}
key=$(sha256sum requirements-dev.lock | cut -c1-12)
venv=$cache/venvs/runner-$key

if [ ! -f "$venv/ready" ]; then
  echo "runner: making the virtual environment $venv"
  rm -rf "$venv"
  mkdir -p "$cache/venvs"
  "${PYTHON:-python3.11}" -m venv "$venv"
  "$venv/bin/pip" install --quiet --require-hashes --requirement requirements-dev.lock
  touch "$venv/ready"
fi

export PYTHONPATH="$PWD/src"
# The one Python program beside the runner that has no check of its own.
other=../constructs/calendars
"$venv/bin/ruff" check --config pyproject.toml . $other
"$venv/bin/ruff" format --config pyproject.toml --check . $other
"$venv/bin/mypy"
exec "$venv/bin/python" -m pytest "$@"
