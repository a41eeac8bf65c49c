#!/bin/bash
# A night as it was run before: cron starts this script, kubectl does the work, the on-call reads the log. It is
# written with care: nothing is started twice, every command is tried again, a failure is told with its reason.
#
# usage: night.sh
#   KUBECONFIG     the customer's cluster
#   NAMESPACE      where the Jobs run there
#   NIGHT          name of the night (default: risk-<business date>); Jobs are named <NIGHT>-<step>
#   AT             when it started, seconds since 1970 (default: now); the business date is the day 12 hours before
#   JOBS           folder with one Job manifest for each step, run in the order of their names: 10-scenarios.json;
#                  @NIGHT@ and @BUSINESS_DATE@ are replaced in them
#   REMOTE         folder on the customer's results volume in which each step leaves its results; @...@ as above
#   RESULTS        folder on this machine that the results of all nights are brought to
#   JOB_TIMEOUT    seconds that one Job may take (default: 12 hours)
#   RETRIES        how often a command is tried, every 10 seconds (default: 30)
set -Eeuo pipefail

readonly results_pod=app.kubernetes.io/name=nightlane-results
AT=${AT:-$(date +%s)}
business_date=$(date -d "@$((AT - 12 * 3600))" +%F)
NIGHT=${NIGHT:-risk-$business_date}
JOB_TIMEOUT=${JOB_TIMEOUT:-43200}
RETRIES=${RETRIES:-30}
home=$RESULTS/$NIGHT

say() { echo "$(date -u +%FT%TZ) $*"; }

fail() {
  say "FAILED: $*"
  exit 1
}

in_place() { sed -e "s/@NIGHT@/$NIGHT/g" -e "s/@BUSINESS_DATE@/$business_date/g"; }

kube() { kubectl --namespace "$NAMESPACE" --request-timeout=30s "$@"; }

# Runs a command until it succeeds.
retry() {
  local try
  for ((try = 1; try <= RETRIES; try++)); do
    "$@" && return 0
    say "try $try of $RETRIES failed: $*"
    sleep 10
  done
  fail "gave up: $*"
}

# Creates a step's Job, unless an earlier start of this script did.
create_job() {
  local job=$1 manifest=$2 said
  said=$(kube create --filename <(in_place <"$manifest") 2>&1) && say "$said" && return 0
  if [[ $said == *AlreadyExists* ]]; then
    say "job $job is there already: waiting for it"
    return 0
  fi
  say "$said"
  return 1
}

# Says what the pods of a Job are doing, and why.
reason() {
  kube get pods --selector "batch.kubernetes.io/job-name=$1" --output "jsonpath=$(
    printf '%s' '{range .items[*]}{.metadata.name} {.status.phase} ' \
      '{.status.containerStatuses[*].state.waiting.reason}{.status.containerStatuses[*].state.terminated.reason} {end}'
  )" 2>&1 || true
}

wait_for_job() {
  local job=$1 end=$((SECONDS + JOB_TIMEOUT)) failures=0 state
  while ((SECONDS < end)); do
    if kubectl --namespace "$NAMESPACE" wait --for=condition=complete --timeout=30s "job/$job" >/dev/null 2>&1; then
      say "job $job is complete"
      return 0
    fi
    if state=$(kube get job "$job" --output 'jsonpath={.status.conditions[?(@.status=="True")].type}' 2>&1); then
      failures=0
      [[ " $state " == *" Failed "* ]] && fail "job $job failed: $(reason "$job")"
    else
      [[ $state == *NotFound* ]] && fail "job $job was deleted"
      ((++failures < RETRIES)) || fail "the API server does not answer: $state"
      sleep 10
    fi
  done
  fail "job $job did not finish within $JOB_TIMEOUT s: $(reason "$job")"
}

# Follows the driver's log into a file, as long as it lasts.
follow_log() {
  local job=$1 log=$2
  until kubectl --namespace "$NAMESPACE" logs --follow "job/$job" >>"$log" 2>/dev/null; do sleep 5; done
}

fetch() {
  local step=$1 folder pod
  folder=$(in_place <<<"$REMOTE")
  pod=$(kube get pods --selector "$results_pod" --field-selector status.phase=Running \
    --output 'jsonpath={.items[0].metadata.name}') || return 1
  rm -rf "$home/$step.partial"
  kubectl --namespace "$NAMESPACE" cp --retries=5 "$pod:$folder/$step" "$home/$step.partial" || return 1
  [[ -s $home/$step.partial/manifest.json ]] || return 1
  rm -rf "${home:?}/$step"
  mv "$home/$step.partial" "$home/$step"
}

run_step() {
  local manifest=$1 step job log
  step=$(basename "$manifest" .json)
  step=${step#*-}
  job=$NIGHT-$step
  log=$home/$step.log
  say "step $step begins"
  retry create_job "$job" "$manifest"
  follow_log "$job" "$log" &
  local follower=$!
  wait_for_job "$job"
  kill "$follower" 2>/dev/null || true
  say "fetching the results of $step"
  retry fetch "$step"
  say "step $step is done"
}

mkdir -p "$home"
exec 9>"$home/lock"
flock --nonblock 9 || fail "night $NIGHT runs already"
if [[ -e $home/done ]]; then
  say "night $NIGHT of $business_date is done already"
  exit 0
fi
say "night $NIGHT of $business_date begins"
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
for manifest in "$JOBS"/*.json; do
  run_step "$manifest"
done
touch "$home/done"
say "night $NIGHT of $business_date is done"
