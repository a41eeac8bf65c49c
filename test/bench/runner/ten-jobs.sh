#!/bin/bash
# What a night is without a workflow: Jobs one after the other, started by kubectl, waited for by kubectl.
#
#   ten-jobs.sh <kubectl> <kubeconfig> <namespace> <job.json>...
set -euo pipefail
kubectl=("$1" --kubeconfig "$2" --namespace "$3")
shift 3
for file in "$@"; do
  name=$("${kubectl[@]}" create --filename "$file" --output name)
  "${kubectl[@]}" wait --for=condition=complete --timeout=300s "$name" >/dev/null
done
