#!/usr/bin/env bash
# Prints the Python interpreter of a virtual environment that holds exactly the locked packages, and makes it on first use (pyspark
# is a 430 MB download). It is kept in the cache and keyed by the lock files, so that later uses need no network.
set -euo pipefail
cd "$(dirname "$0")"

cache=${NIGHTLANE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nightlane}/venvs
venv=$cache/risk-$(cat requirements-build.lock requirements-check.lock | sha256sum | cut -c1-12)

if [ ! -e "$venv/complete" ]; then
  mkdir -p "$cache"
  exec 9>"$venv.lock"
  flock 9 # two checks may start at once
fi
if [ ! -e "$venv/complete" ]; then
  echo "risk: installing the locked packages into $venv (about a minute, once)" >&2
  rm -rf "$venv"
  python3.11 -m venv "$venv"
  "$venv/bin/pip" install --quiet --require-hashes -r requirements-build.lock >&2
  "$venv/bin/pip" install --quiet --require-hashes --no-build-isolation -r requirements-check.lock >&2
  touch "$venv/complete"
fi
echo "$venv/bin/python"
