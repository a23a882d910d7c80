#!/usr/bin/env bash
# usage: former-release.sh BASE
# Old code on the new schema: the services' tests of commit BASE, on databases that this checkout's migrations made.
# Left out are those that describe the schema itself, which is a new one on purpose.
set -euo pipefail
cd "$(dirname "$0")/../.."
new=$PWD
old=$(mktemp -d)/former

install() {
    (cd "$1" && PYTHONPATH=cli/src python3 -c \
        'from smartstack_cli.bootstrap.python_env import environment; environment(dev=True)')
}

git worktree add --detach "$old" "$1"
trap 'git worktree remove --force "$old"' EXIT
install "$new"
install "$old"
cd "$old"
SMARTSTACK_TEST_SCHEMA_OF=$new .venv/bin/pytest -n 2 --dist loadfile services \
    --ignore-glob '*/test_schema.py' --ignore-glob '*/test_tenancy.py'
