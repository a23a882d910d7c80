"""Seeds each fault and looks whether its rule catches it: `python -m policy.seeded [--command COMMAND] [NAME...]`.

COMMAND is called with the folder of the code and the folder that ENV.state.json goes to; by default it is plan.py.
First the code as it is must break no rule. Exit status 1 when a fault goes unseen.
"""

import argparse
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from policy.check import check, read
from policy.cloud import Cloud
from policy.faults import FAULTS, Fault
from policy.findings import Finding
from policy.workspace import copy

PLAN = f"{shlex.quote(sys.executable)} {shlex.quote(str(Path(__file__).with_name('plan.py')))}"


def clouds(infra: Path, command: str) -> dict[str, Cloud]:
    """Run `command` on the code at `infra`; return the environments. Raises RuntimeError with what it said."""
    states = infra.parent / "states"
    result = subprocess.run([*shlex.split(command), infra, states], capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(f"{command} failed:\n{result.stdout[-4000:]}{result.stderr[-4000:]}")
    return read(sorted(states.glob("*.state.json")), infra.parent)


def seeded(fault: Fault, command: str) -> list[Finding]:
    """Return what the policy finds in the code with this fault."""
    with tempfile.TemporaryDirectory() as folder:
        infra = copy(Path(folder), fault.environments)
        fault.seed(infra)
        return check(clouds(infra, command))


def unseeded(command: str) -> list[Finding]:
    """Return what the policy finds in the code as it is, in all environments."""
    with tempfile.TemporaryDirectory() as folder:
        return check(clouds(copy(Path(folder)), command))


def main(arguments: list[str]) -> int:
    """Try all faults, or those named; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m policy.seeded")
    parser.add_argument("--command", default=PLAN)
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args(arguments)
    failed = 0
    if not options.names:
        found = unseeded(options.command)
        failed += len(found)
        print("the code as it is:", *(map(str, found) if found else ["nothing found"]), sep="\n    ", flush=True)
    for fault in [fault for fault in FAULTS if not options.names or fault.name in options.names]:
        found = seeded(fault, options.command)
        caught = [finding for finding in found if finding.rule == fault.rule]
        failed += not caught
        others = {finding.rule for finding in found} - {fault.rule}
        also = f"    also {', '.join(sorted(others))}" if others else ""
        print(f"{fault.name}:\n    {caught[0] if caught else f'NOT CAUGHT by {fault.rule}'}", flush=True)
        if also:
            print(also, flush=True)
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
