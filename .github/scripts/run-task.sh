#!/usr/bin/env bash
# usage: run-task.sh SERVICE LABEL [WORD...]
# Runs the newest one-off task LABEL of SERVICE (migrate, provision) to its end, with WORDs after its command, shows what
# it said, and exits with its exit code. Needs ENVIRONMENT and release/outputs.json.
set -euo pipefail
cd "$(dirname "$0")/../.."
service=$1 label=$2
shift 2
family=smartstack-$ENVIRONMENT-$service-$label
cluster=$(.github/scripts/data.py value release/outputs.json cluster_name value)
network=$(.github/scripts/data.py network release/outputs.json "$service")

[ $# -eq 0 ] || set -- "$label" "$@"
overrides=$(.github/scripts/data.py overrides "$service" "$@")

# On demand: this capacity is not withdrawn half-way.
task=$(aws ecs run-task --cluster "$cluster" --task-definition "$family" --overrides "$overrides" \
    --network-configuration "$network" --capacity-provider-strategy capacityProvider=FARGATE,weight=1 \
    --started-by "deploy-${GITHUB_RUN_ID:-by-hand}" --query 'tasks[0].taskArn' --output text)
echo "$family: $task"
# Each of them waits for ten minutes: building an index on a large table takes its time.
for _ in 1 2 3 4; do
    aws ecs wait tasks-stopped --cluster "$cluster" --tasks "$task" && break
done

aws logs get-log-events --log-group-name "/smartstack-$ENVIRONMENT/$service" --start-from-head \
    --log-stream-name "$label/$service/${task##*/}" --query 'events[].message' --output text || true
code=$(aws ecs describe-tasks --cluster "$cluster" --tasks "$task" --query 'tasks[0].containers[0].exitCode' --output text)
[ "$code" != None ] || {
    aws ecs describe-tasks --cluster "$cluster" --tasks "$task" --query 'tasks[0].stoppedReason' --output text >&2
    exit 1
}
exit "$code"
