#!/usr/bin/env bash
# usage: build-image.sh ai|bedrock-proxy|comms|gateway|tasks [REGISTRY]
# Builds an image for ARM and looks whether it starts and is small; with a registry pushes it instead, once for each commit.
# Then writes name, digest and reference to GITHUB_OUTPUT, and the digest to RUNNER_TEMP/image/<name>.
set -euo pipefail
cd "$(dirname "$0")/../.."
image=$1 name=smartstack-$1 registry=${2:-}
most_bytes=$((180 * 1000 * 1000))

file=Dockerfile
[ "$image" != bedrock-proxy ] || file=services/ai/bedrock_proxy/Dockerfile

# Bases by digest: what is tested in the first environment is what the last one gets.
arguments=(--build-arg "SERVICE=$image")
while IFS='=' read -r argument base; do
    digest=$(docker buildx imagetools inspect "$base" --format '{{json .Manifest}}' | .github/scripts/data.py value - digest)
    arguments+=(--build-arg "$argument=$base@$digest")
done < <(sed -n 's/^ARG \([A-Z]*_IMAGE=\)/\1/p' "$file")

SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

build() {
    # Lambda accepts no index of manifests; the image's provenance is attested separately.
    docker buildx build --platform linux/arm64 --provenance=false --sbom=false --file "$file" "${arguments[@]}" "$@" .
}

look() {
    build --load --tag "$name"
    bytes=$(docker image inspect --format '{{.Size}}' "$name")
    echo "$name: $((bytes / 1000000)) MB"
    [ "$bytes" -le "$most_bytes" ] || { echo "$name is larger than $((most_bytes / 1000000)) MB" >&2; exit 1; }
    docker run --rm --read-only --tmpfs /tmp --entrypoint python "$name" -c "import smartstack_${image//-/_}"
}

push() {
    reference=$registry/$name
    aws ecr get-login-password | docker login --username AWS --password-stdin "$registry"
    # Tags are immutable: a deploy that is run again takes the image that is there.
    # Asked for by its tag: a list comes in pages, each with an answer of its own.
    if ! digest=$(aws ecr describe-images --registry-id "${registry%%.*}" --repository-name "$name" \
        --image-ids "imageTag=$GITHUB_SHA" --query 'imageDetails[0].imageDigest' --output text 2>&1); then
        grep -q ImageNotFoundException <<< "$digest" || { echo "$digest" >&2; exit 1; }
        docker buildx create --use --driver docker-container
        build --push --tag "$reference:$GITHUB_SHA" --metadata-file "$RUNNER_TEMP/metadata.json"
        digest=$(.github/scripts/data.py value "$RUNNER_TEMP/metadata.json" containerimage.digest)
    fi
    [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "$name: $digest is not a digest" >&2; exit 1; }
    mkdir -p "$RUNNER_TEMP/image"
    echo "$digest" > "$RUNNER_TEMP/image/$name"
    printf 'name=%s\ndigest=%s\nreference=%s\n' "$reference" "$digest" "$reference@$digest" >> "$GITHUB_OUTPUT"
}

if [ -n "$registry" ]; then push; else look; fi
