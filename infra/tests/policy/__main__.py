"""Holds environments to the rules: `python -m policy FILE...`, each what `tofu show -json` printed of a state or plan.

The file's name begins with the environment's: test.state.json. Exit status 1 when a rule is broken.
"""

import sys
from pathlib import Path

from policy.check import check, read
from policy.findings import RULES


def main(arguments: list[str]) -> int:
    """Print what is wrong; return the exit status."""
    if not arguments:
        print("usage: python -m policy STATE.json...", file=sys.stderr)
        return 2
    clouds = read([Path(argument) for argument in arguments])
    found = check(clouds)
    for finding in found:
        print(finding)
    print(f"{len(RULES) + 1} rules, {len(clouds)} environments ({', '.join(sorted(clouds))}): {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
