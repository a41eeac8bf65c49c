#!/usr/bin/env bash
# Runs the whole night on this machine, without Kubernetes: ./night.sh 2026-03-31 /tmp/night [arguments of scenarios.py]
# Needs Java 17 and a Python with the locked packages ($PYTHON, default: the one that check.sh installs).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [ $# -lt 2 ]; then
  echo "usage: night.sh BUSINESS_DATE NIGHT_DIRECTORY [arguments of scenarios.py, such as --scenarios 50000]" >&2
  exit 2
fi
export BUSINESS_DATE=$1 NIGHT_DIR=$2 ATTEMPT=1
shift 2
python=${PYTHON:-$("$here/venv.sh")}
export PYTHONPATH=$here/src SPARK_LOCAL_IP=127.0.0.1
java="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dlog4j2.configurationFile=$here/log4j2.properties"
export PYSPARK_SUBMIT_ARGS="--driver-java-options '$java' --conf spark.ui.enabled=false --conf spark.ui.showConsoleProgress=false pyspark-shell"

stage() { # <step> <job> [arguments...]
  local step=$1 job=$2
  shift 2
  echo "== $step"
  STEP=$step "$python" "$here/jobs/$job" "$@"
}

"$python" "$here/jobs/snapshot.py" --out "$NIGHT_DIR/market" --date "$BUSINESS_DATE"
stage scenarios scenarios.py "$@"
stage revaluation revaluation.py
stage var-es var_es.py
stage report report.py
echo "report: $NIGHT_DIR/report/report.html"
