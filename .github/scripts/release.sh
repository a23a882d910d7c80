#!/usr/bin/env bash
# Takes the artifacts below release/: refuses what this repository's main did not build, and gives OpenTofu the images
# to run. Needs GH_TOKEN and REGISTRY.
set -euo pipefail
cd "$(dirname "$0")/../.."

verify() {
    gh attestation verify "$1" --repo "$GITHUB_REPOSITORY" --source-ref refs/heads/main --source-digest "$GITHUB_SHA" \
        --signer-workflow "$GITHUB_REPOSITORY/.github/workflows/deploy.yml" --deny-self-hosted-runners >&2
}

aws ecr get-login-password | docker login --username AWS --password-stdin "$REGISTRY" >&2
for file in release/image-*/smartstack-*; do
    verify "oci://$REGISTRY/${file##*/}@$(cat "$file")"
    printf '%s %s\n' "${file##*/}" "$(cat "$file")"
done > release/images
.github/scripts/data.py digests < release/images > infra/images.auto.tfvars.json
cat infra/images.auto.tfvars.json

verify release/web/web.tar.gz
