#!/bin/bash
# Starts this container's part of a Spark application, by the contract of Apache Spark's own images:
#   driver ARGUMENTS...   spark-submit in client mode: this pod is the driver, its executors are pods beside it. ARGUMENTS are
#                         spark-submit's own; SPARK_DRIVER_BIND_ADDRESS is the pod's address
#   executor              what Spark asks of the image for each executor; the SPARK_* variables are Spark's
#   class-path            prints the class path of both
#   anything else         is run as it is
#
# ARGUMENTS come from what makes the pod and set where Spark runs and how large it is. What is this image's own business
# is in /opt/spark-conf/spark-defaults.conf.
set -euo pipefail
umask 0002 # the other pods of the night write beside what this one creates, through the volume's group

# The class archive is tied to the class path it was made with, in that order.
jars=$(printf ':%s' "$SPARK_HOME"/jars/*.jar)
jars=${jars:1}

run_driver() { # <arguments of spark-submit...>
  if [ $# -lt 1 ]; then
    echo "entrypoint: 'driver' wants what spark-submit takes, as in: driver --conf k=v /opt/risk/jobs/var_es.py" >&2
    exit 2
  fi
  if [ -z "${SPARK_DRIVER_BIND_ADDRESS:-}" ]; then
    echo "entrypoint: not set: SPARK_DRIVER_BIND_ADDRESS. The pod that runs this image must set it to its own address." >&2
    exit 2
  fi
  exec "$SPARK_HOME/bin/spark-submit" \
    --conf "spark.driver.bindAddress=$SPARK_DRIVER_BIND_ADDRESS" \
    --conf "spark.driver.extraClassPath=$jars" \
    --deploy-mode client \
    "$@"
}

run_executor() {
  local options=() index=0 name
  for name in "${!SPARK_JAVA_OPT_@}"; do
    name=SPARK_JAVA_OPT_$index # by number, not by name: the order of JVM options matters
    options+=("${!name}")
    index=$((index + 1))
  done
  exec java "${options[@]}" \
    -Xms"$SPARK_EXECUTOR_MEMORY" -Xmx"$SPARK_EXECUTOR_MEMORY" \
    -cp "$jars:$SPARK_CONF_DIR" \
    org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend \
    --driver-url "$SPARK_DRIVER_URL" \
    --executor-id "$SPARK_EXECUTOR_ID" \
    --cores "$SPARK_EXECUTOR_CORES" \
    --app-id "$SPARK_APPLICATION_ID" \
    --hostname "$SPARK_EXECUTOR_POD_IP" \
    --resourceProfileId "$SPARK_RESOURCE_PROFILE_ID" \
    --podName "$SPARK_EXECUTOR_POD_NAME"
}

case "${1:-}" in
  class-path) echo "$jars" ;; # for make-class-archive.sh, when the image is built
  driver) shift && run_driver "$@" ;;
  executor) run_executor ;;
  "") echo "entrypoint: say what to run: driver ARGUMENTS..., or executor" >&2 && exit 2 ;;
  *) exec "$@" ;;
esac
