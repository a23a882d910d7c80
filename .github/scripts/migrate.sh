#!/usr/bin/env bash
# usage: migrate.sh expand|contract
# Takes the schemas of all services through one phase of a deploy; in an environment without a release makes database,
# schemas and roles first. Needs ENVIRONMENT, release/former.json and release/outputs.json.
set -euo pipefail
cd "$(dirname "$0")"
phase=$1
# What `migrate` exits with when somebody held a lock for too long (EX_TEMPFAIL).
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

if [ "$phase" = expand ] && [ "$(./data.py count ../../release/former.json image_digests)" = 0 ]; then
    ./run-task.sh gateway provision
fi
for service in ai comms gateway tasks; do
    migrate "$service"
done
