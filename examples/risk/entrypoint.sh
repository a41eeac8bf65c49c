#!/bin/bash
# Starts this container's part of a Spark application:
#   driver <main.py> [arguments...]   submits the program in client mode: this pod is the driver, its executors are pods beside it
#   executor                          what Spark asks of the image for each executor; the SPARK_* variables are Spark's
#   class-path                        prints the class path of both
#   anything else                     is run as it is
#
# The driver reads:
#   POD_IP, POD_NAME, POD_NAMESPACE, JOB_NAME     who this pod is; POD_NAME begins the executors' names (at most 47 characters),
#                                                 so that a driver that replaces an evicted one never meets its executors' names
#   SPARK_IMAGE                                   image of the executors, the one of this pod
#   SPARK_DRIVER_MEMORY, SPARK_EXECUTOR_MEMORY    heaps, as in 1024m
#   SPARK_EXECUTOR_MEMORY_OVERHEAD                beside an executor's heap (default: Spark's own, at least 384m)
#   SPARK_EXECUTORS, SPARK_EXECUTOR_CORES         how many executors, and tasks at a time in each
#   SPARK_EXECUTOR_REQUEST_CORES                  CPU request of an executor's pod, as in 250m (default: SPARK_EXECUTOR_CORES)
#   SPARK_EXECUTOR_LIMIT_CORES                    CPU limit of an executor's pod (default: none)
#   SPARK_EXECUTOR_POD_TEMPLATE                   pod template of the executors (default: /opt/executor-template.yaml)
#   NIGHTLANE_LABEL_<NAME>                        becomes the executors' label nightlane/<name>, by which they can be swept
#   NIGHT_DIR, STEP, ATTEMPT, BUSINESS_DATE, RUN_NUMBER    the step; handed on to the executors
#   EXECUTOR_WAIT_SECONDS                         how long work may wait without a single task running (default: 900)
#   JVM_OPTIONS                                   of driver and executors (default: quick to start, at the price of peak speed)
set -euo pipefail
umask 0002 # the other pods of the night write beside what this one creates, through the volume's group

readonly CONFIGURATION=/opt/spark-conf
readonly CLASS_ARCHIVE=/opt/spark.jsa
readonly MAX_EXECUTOR_FAILURES=4
jvm_options=${JVM_OPTIONS--XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData}
# The class archive is tied to the class path it was made with, in that order.
jars=$(printf ':%s' "$SPARK_HOME"/jars/*.jar)
jars=${jars:1}

require() { # <variable...>
  local missing=() name
  for name in "$@"; do
    [ -n "${!name:-}" ] || missing+=("$name")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    echo "entrypoint: not set: ${missing[*]}. The pod that runs this image must set them; entrypoint.sh says what each means." >&2
    exit 2
  fi
}

run_driver() { # <main.py> [arguments...]
  if [ $# -lt 1 ]; then
    echo "entrypoint: 'driver' wants the program to run, as in: driver /opt/risk/jobs/var_es.py" >&2
    exit 2
  fi
  require POD_IP POD_NAME POD_NAMESPACE JOB_NAME KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT SPARK_IMAGE \
    SPARK_DRIVER_MEMORY SPARK_EXECUTORS SPARK_EXECUTOR_MEMORY SPARK_EXECUTOR_CORES

  local settings=(
    spark.driver.host="$POD_IP"
    spark.driver.port=7078
    spark.driver.blockManager.port=7079
    spark.driver.extraJavaOptions="-XX:SharedArchiveFile=$CLASS_ARCHIVE $jvm_options"
    spark.driver.extraClassPath="$jars"
    spark.kubernetes.driver.pod.name="$POD_NAME"
    # A driver in client mode has no service of its own to clean up.
    spark.kubernetes.driver.service.deleteOnTermination=false
    spark.kubernetes.namespace="$POD_NAMESPACE"
    spark.kubernetes.authenticate.driver.serviceAccountName=spark
    spark.kubernetes.container.image="$SPARK_IMAGE"

    spark.executor.instances="$SPARK_EXECUTORS"
    spark.executor.cores="$SPARK_EXECUTOR_CORES"
    spark.executor.memory="$SPARK_EXECUTOR_MEMORY"
    spark.executor.extraJavaOptions="-XX:SharedArchiveFile=$CLASS_ARCHIVE $jvm_options"
    spark.executor.maxNumFailures="$MAX_EXECUTOR_FAILURES"
    spark.dynamicAllocation.enabled=false
    # All at once; and where Kubernetes refuses them, ask again every few seconds, not every second.
    spark.kubernetes.allocation.batch.size="$SPARK_EXECUTORS"
    spark.kubernetes.allocation.batch.delay=5s
    spark.kubernetes.executor.podNamePrefix="$POD_NAME"
    spark.kubernetes.executor.podTemplateFile="${SPARK_EXECUTOR_POD_TEMPLATE:-/opt/executor-template.yaml}"
    spark.kubernetes.executor.request.cores="${SPARK_EXECUTOR_REQUEST_CORES:-$SPARK_EXECUTOR_CORES}"
    spark.kubernetes.executor.deleteOnTermination=true
    # Results go to one shared claim; none is made for an executor, so none is looked for.
    spark.kubernetes.driver.ownPersistentVolumeClaim=false
    spark.kubernetes.driver.reusePersistentVolumeClaim=false
    # The image holds all that executors read; without a ConfigMap they start sooner.
    spark.kubernetes.executor.disableConfigMap=true
    spark.kubernetes.executor.volumes.persistentVolumeClaim.results.options.claimName=results
    spark.kubernetes.executor.volumes.persistentVolumeClaim.results.mount.path=/results

    spark.ui.enabled=false
    spark.ui.showConsoleProgress=false
    spark.sql.warehouse.dir=/tmp/warehouse
  )
  [ -z "${SPARK_EXECUTOR_MEMORY_OVERHEAD:-}" ] || settings+=(spark.executor.memoryOverhead="$SPARK_EXECUTOR_MEMORY_OVERHEAD")
  [ -z "${SPARK_EXECUTOR_LIMIT_CORES:-}" ] || settings+=(spark.kubernetes.executor.limit.cores="$SPARK_EXECUTOR_LIMIT_CORES")

  local name label
  for name in NIGHT_DIR STEP ATTEMPT BUSINESS_DATE RUN_NUMBER; do
    [ -z "${!name:-}" ] || settings+=("spark.executorEnv.$name=${!name}")
  done
  for name in "${!NIGHTLANE_LABEL_@}"; do
    label=${name#NIGHTLANE_LABEL_}
    settings+=("spark.kubernetes.executor.label.nightlane/${label,,}=${!name}")
  done

  local arguments=() setting
  for setting in "${settings[@]}"; do
    arguments+=(--conf "$setting")
  done
  export SPARK_CONF_DIR=$CONFIGURATION SPARK_LAUNCHER_OPTS=$jvm_options
  exec "$SPARK_HOME/bin/spark-submit" \
    --master "k8s://https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT" \
    --deploy-mode client \
    --name "$JOB_NAME" \
    --driver-memory "$SPARK_DRIVER_MEMORY" \
    "${arguments[@]}" \
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
    -cp "$jars:$CONFIGURATION" \
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
  "") echo "entrypoint: say what to run: driver <main.py> [arguments...], or executor" >&2 && exit 2 ;;
  *) exec "$@" ;;
esac
