#!/usr/bin/env bash
# usage: migrate.sh expand|contract
# Takes the schemas of all services through one phase of a deploy, after making what is missing of database, schemas and
# roles: also for a service that is new, or after a first deploy that failed. Needs ENVIRONMENT and release/outputs.json.
set -euo pipefail
cd "$(dirname "$0")"
phase=$1
# The exit status of `migrate` when another session held a lock for too long (EX_TEMPFAIL).
gave_up=75

migrate() {
    local code=0
    for _ in 1 2 3 4 5; do
        ./run-task.sh "$1" migrate --phase "$phase" && return || code=$?
        [ "$code" = "$gave_up" ] || break
        sleep 30
    done
    return "$code"
}

if [ "$phase" = expand ]; then
    ./run-task.sh gateway provision
fi
for service in ai comms gateway tasks; do
    migrate "$service"
done
