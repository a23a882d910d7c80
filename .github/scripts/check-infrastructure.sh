#!/usr/bin/env bash
# Checks that need OpenTofu and AWS's provider, and no account: format, types and references, the tests with a mocked AWS, and
# the policy over what is planned for each environment, as it is and with each seeded fault.
set -euo pipefail
cd "$(dirname "$0")/../.."
export TF_IN_AUTOMATION=1 TF_INPUT=0
# Each fault is planned in a copy of the code; the provider is fetched once for all of them.
TF_PLUGIN_CACHE_DIR=$(mktemp -d)
export TF_PLUGIN_CACHE_DIR TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE=1

tofu -chdir=infra fmt -check -diff -recursive

# A copy that needs no key of an account: without the encryption of its state.
copy=$(mktemp -d)
tar --create --exclude=.git --exclude=.venv --exclude=.smartstack --exclude=node_modules --exclude=.terraform . |
    tar --extract --directory "$copy"
rm "$copy/infra/encryption.tofu"
for root in infra/bootstrap infra; do
    tofu -chdir="$copy/$root" init -backend=false
    tofu -chdir="$copy/$root" validate
done
tofu -chdir="$copy/infra" test

cd infra/tests
python3 -m policy.seeded
