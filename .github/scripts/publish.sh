#!/usr/bin/env bash
# usage: publish.sh release|former
#   release  publishes release/out, and keeps the archive of what was there before
#   former   publishes that archive again
# Needs release/outputs.json.
set -euo pipefail
cd "$(dirname "$0")/../.."
bucket=$(.github/scripts/data.py value release/outputs.json web_bucket_name value)
distribution=$(.github/scripts/data.py value release/outputs.json distribution_id value)
published=s3://$bucket/_releases/published.tar.gz

publish() {
    mkdir -p "$2"
    tar --extract --gzip --file "$1" --directory "$2"
    python3 infra/scripts/publish_frontend.py "$2" "$bucket" "$distribution"
    aws s3 cp --only-show-errors "$1" "$published"
}

case $1 in
release)
    if [ "$(aws s3 ls "$published" | wc --lines)" != 0 ]; then
        aws s3 cp --only-show-errors "$published" release/former.tar.gz
    fi
    publish release/web/web.tar.gz release/out
    ;;
former)
    if [ -f release/former.tar.gz ]; then
        publish release/former.tar.gz release/former-out
    else
        echo '::warning::This was the first web app of this environment: there is nothing to go back to'
    fi
    ;;
*)
    echo "unknown release $1" >&2
    exit 2
    ;;
esac
