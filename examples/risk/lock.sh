#!/usr/bin/env bash
# Renews the three lock files from pyproject.toml. Needs `uv` on PATH. Versions change in pyproject.toml (and below),
# nowhere else.
set -euo pipefail
cd "$(dirname "$0")"

compile() { # <output> <arguments of uv pip compile...>
  local output=$1
  shift
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
    --no-emit-index-url --no-emit-find-links --output-file "$output" "$@"
}

# pyspark is published as source only: what builds it is locked too.
echo 'setuptools==80.9.0' | compile requirements-build.lock -
compile requirements.lock pyproject.toml --extra spark
compile requirements-check.lock pyproject.toml --extra spark --extra check
