#!/usr/bin/env bash
# What wants OpenTofu and AWS's provider, and no account: format, types and references, the tests with a mocked AWS, and
# the policy over what is planned for each environment, as it is and with each seeded fault.
set -euo pipefail
cd "$(dirname "$0")/../../infra"
export TF_IN_AUTOMATION=1 TF_INPUT=0
# Each fault is planned in a copy of the code; the provider is fetched once for all of them.
TF_PLUGIN_CACHE_DIR=$(mktemp -d)
export TF_PLUGIN_CACHE_DIR TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE=1

tofu fmt -check -diff -recursive
for root in bootstrap .; do
    tofu -chdir="$root" init -backend=false
    tofu -chdir="$root" validate
done
tofu test

cd tests
python3 -m policy.seeded
