"""A point that is armed ends the process there, and nowhere else."""

import signal
import subprocess
import sys

import pytest

from smartstack_chassis.core import failpoints

_PROGRAM = """
import sys
from smartstack_chassis.core import failpoints
failpoints.kill_at(sys.argv[1])
for name in ("after_claim", "after_publish", "after_publish", "after_delete"):
    print(name, flush=True)
    failpoints.reach(name)
"""


def passed(order: str) -> tuple[int, list[str]]:
    done = subprocess.run([sys.executable, "-c", _PROGRAM, order], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.split()


def test_a_process_dies_at_the_point_and_the_time_it_was_told() -> None:
    assert passed("after_publish") == (-signal.SIGKILL, ["after_claim", "after_publish"])
    assert passed("after_publish:2") == (-signal.SIGKILL, ["after_claim", "after_publish", "after_publish"])
    assert passed("after_publish:3")[0] == 0


def test_a_point_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown failpoint"):
        failpoints.kill_at("somewhere")


def test_an_armed_point_is_harmless_again_afterwards() -> None:
    reached: list[str] = []
    with failpoints.armed(reached.append):
        failpoints.reach("before_ack")
    failpoints.reach("before_ack")
    assert reached == ["before_ack"]
