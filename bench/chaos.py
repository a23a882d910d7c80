"""The chaos tests in their long form: `./smartstack bench chaos [ROUNDS]`, ten rounds unless said otherwise.

A round restarts the local stack with work in flight, by Ctrl-C and by SIGKILL of everything, and kills its emulator
four times; the other tests in tests/chaos run once. Prints each test's outcome and time; exits with pytest's status.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main(rounds: str = "10") -> int:
    """Run them; returns the exit status."""
    environment = os.environ | {"SMARTSTACK_CHAOS_ROUNDS": rounds}
    argv = [sys.executable, "-m", "pytest", "tests/chaos", "-v", "-s", "--durations=0", "--durations-min=1"]
    return subprocess.run(argv, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
