#!/usr/bin/env bash
# Format, types and references, the modules' tests with a mocked AWS: what wants OpenTofu and AWS's provider, and no account.
set -euo pipefail
cd "$(dirname "$0")/../../infra"
export TF_IN_AUTOMATION=1 TF_INPUT=0

tofu fmt -check -diff -recursive
for root in bootstrap .; do
    tofu -chdir="$root" init -backend=false
    tofu -chdir="$root" validate
done
tofu test
