#!/usr/bin/env bash
# usage: smoke.sh [options of smoke.py]      the smoke test of the environment in release/outputs.json
set -euo pipefail
cd "$(dirname "$0")"
exec python3 smoke.py "$(./data.py value ../../release/outputs.json url value)" "$@"
