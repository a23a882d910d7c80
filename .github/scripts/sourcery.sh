#!/usr/bin/env bash
# usage: sourcery.sh BASE
# Sourcery's review of what changed since BASE, by the rules in .sourcery.yaml. Needs SOURCERY_TOKEN, which pull requests
# from forks do not get: a notice says so, and ruff has checked them anyway.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${SOURCERY_TOKEN:-}" ]; then
    echo '::warning title=Sourcery was skipped::There is no SOURCERY_TOKEN, as in every pull request from a fork'
    echo "Sourcery was **skipped**: there is no SOURCERY_TOKEN." >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
    exit 0
fi
pipx install sourcery==1.46.0
sourcery login --token "$SOURCERY_TOKEN"
sourcery review --check --diff "git diff $1" .
