#!/bin/sh
# Prints the folder of the linters, installing them first where they are missing.
set -eu
cd "$(dirname "$0")/../.."
PYTHONPATH=cli/src exec python3 -c 'from smartstack_cli.bootstrap.python_env import linters; print(linters())'
