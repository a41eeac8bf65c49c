#!/usr/bin/env bash
# Prints the folder of a virtual environment that holds exactly the locked checkov, and makes it on first use. It is kept in the
# cache and keyed by the lock file. To renew the lock, with `uv` on PATH:
#   echo 'checkov==<version>' | uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
#     --no-emit-index-url --no-emit-find-links --output-file requirements.lock -
set -euo pipefail
cd "$(dirname "$0")"

cache=${NIGHTLANE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nightlane}/venvs
venv=$cache/checkov-$(sha256sum <requirements.lock | cut -c1-12)

if [ ! -e "$venv/complete" ]; then
  mkdir -p "$cache"
  exec 9>"$venv.lock"
  flock 9 # two scans may start at once
fi
if [ ! -e "$venv/complete" ]; then
  echo "checkov: installing the locked packages into $venv (about a minute, once)" >&2
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --require-hashes -r requirements.lock >&2
  touch "$venv/complete"
fi
echo "$venv"
