#!/bin/sh
# Writes named-calendars.json, the days off of the named calendars, from the library `holidays` in its pinned version.
#
#   constructs/calendars/generate.sh           writes the file
#   constructs/calendars/generate.sh --check   writes nothing, and ends with 1 if the file is not current
#
# The library is only needed here: what runs at night reads days, and decides nothing. The lock is written with uv:
#   echo holidays==<version> | uv pip compile --generate-hashes --no-header --no-annotate --python-version 3.11 - -o requirements.lock
set -eu
cd "$(dirname "$0")"

cache=${NIGHTLANE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nightlane}
key=$(sha256sum requirements.lock | cut -c 1-16)
venv=$cache/venvs/calendars-$key

if [ ! -f "$venv/ready" ]; then
  echo "calendars: making the virtual environment $venv" >&2
  rm -rf "$venv"
  mkdir -p "$cache/venvs"
  "${PYTHON:-python3.11}" -m venv "$venv"
  "$venv/bin/pip" install --quiet --require-hashes --requirement requirements.lock
  touch "$venv/ready"
fi

exec "$venv/bin/python" generate.py "$@"
