#!/usr/bin/env bash
# usage: tofu.sh ENVIRONMENT plan|prepare|release|rollback
#   plan      shows what would change, and remembers which images run now in release/former.json
#   prepare   changes everything but which code the services run: new task definitions are there, nothing runs them yet
#   release   lets the services run the new code; fails when the canary or a rolling deploy was rolled back
#   rollback  lets everything that was released before run the remembered images again
# Each step can be repeated, and starts from what AWS says rather than from what an earlier run should have left.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/../.."
environment=$1 step=$2 prefix=smartstack-$1
services=(ai comms gateway tasks)
export TF_IN_AUTOMATION=1 TF_INPUT=0
# Wherever the state is touched: its encryption depends on the environment.
variables=("-var-file=environments/$environment.tfvars")
options=(-no-color -lock-timeout=5m "${variables[@]}")

tofu_infra() {
    tofu -chdir=infra "$@"
}

# A missing resource counts as empty; any other failure is one.
found() {
    local answer
    if answer=$("$@" 2>&1); then
        echo "$answer"
    elif ! grep -qE 'ClusterNotFoundException|ResourceNotFoundException' <<< "$answer"; then
        echo "$answer" >&2
        return 1
    fi
}

# Only a deployment that completed is a release: a first one that failed leaves a service that never ran.
running_image() {
    local definition
    definition=$(found aws ecs describe-services --cluster "$prefix" --services "$prefix-$1" \
        --query "services[?status=='ACTIVE'].deployments[] | [?rolloutState=='COMPLETED'].taskDefinition | [0]" --output text)
    case $definition in '' | None) return ;; esac
    aws ecs describe-task-definition --task-definition "$definition" \
        --query "taskDefinition.containerDefinitions[?name=='$1'].image | [0]" --output text
}

running() {
    local service image released=
    for service in "${services[@]}"; do
        image=$(running_image "$service")
        echo "smartstack-$service $image"
        released+=$image
    done
    # The step `prepare` makes the function, so the function alone is not a release.
    [ -n "$released" ] || return 0
    image=$(found aws lambda get-function --function-name "$prefix-bedrock-proxy" --query Code.ResolvedImageUri --output text)
    echo "smartstack-bedrock-proxy $image"
}

remember() {
    running > release/running
    .github/scripts/data.py digests < release/running > release/former.json
    cat release/former.json
}

leave_out() {
    options+=("-exclude=module.services[\"$1\"].aws_ecs_service.this")
}

# Service Connect shows a task only the services that existed when its deployment began.
reconnect() {
    local service stale names=("${services[@]/#/$prefix-}")
    aws ecs describe-services --cluster "$prefix" --services "${names[@]}" --output json > release/services.json
    stale=$(.github/scripts/data.py unconnected release/services.json)
    [ -n "$stale" ] || return 0
    for service in $stale; do
        echo "$service began before another service was there: it is deployed again"
        aws ecs update-service --cluster "$prefix" --service "$service" --force-new-deployment \
            --query service.serviceName --output text
    done
    # Each of them waits for ten minutes; a canary bakes twice.
    for _ in 1 2 3 4; do
        aws ecs wait services-stable --cluster "$prefix" --services "${names[@]}" && return 0
    done
    return 1
}

case $step in
plan)
    mkdir -p release
    tofu_infra init "${variables[@]}" "-backend-config=environments/$environment.backend.hcl"
    remember
    [ -f infra/images.auto.tfvars.json ] || cp release/former.json infra/images.auto.tfvars.json
    tofu_infra plan "${options[@]}" -lock=false | tee release/plan.txt
    # A summary holds a megabyte.
    { echo '```'; tail --bytes 900000 release/plan.txt; echo '```'; } >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
    ;;
prepare)
    for service in "${services[@]}"; do
        leave_out "$service"
    done
    tofu_infra apply "${options[@]}" -auto-approve
    tofu_infra output "${variables[@]}" -json > release/outputs.json
    ;;
release)
    tofu_infra apply "${options[@]}" -auto-approve
    reconnect
    ;;
rollback)
    if [ "$(.github/scripts/data.py count release/former.json image_digests)" = 0 ]; then
        echo '::warning::This was the first release of this environment: there is nothing to go back to'
        exit 0
    fi
    # A service that this release adds has nothing to go back to: it stays as it is.
    for service in "${services[@]}"; do
        .github/scripts/data.py value release/former.json image_digests "smartstack-$service" > /dev/null 2>&1 ||
            leave_out "$service"
    done
    .github/scripts/data.py restored infra/images.auto.tfvars.json release/former.json > release/restored.json
    cp release/restored.json infra/images.auto.tfvars.json
    tofu_infra apply "${options[@]}" -auto-approve
    ;;
*)
    echo "unknown step $step" >&2
    exit 2
    ;;
esac
