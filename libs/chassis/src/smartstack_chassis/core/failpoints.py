"""Named points at which a test lets a process die: one at every boundary between what is done and what is not yet.

Nothing is armed unless a test (or SMARTSTACK_FAILPOINT, in a process that a test started) arms it; reaching a point is
then one look at an empty place.

    a request              command outbox [before_commit] COMMIT [after_commit] answer
    a handler              [before_handler] … [after_handler] outbox [before_commit] COMMIT [after_commit]
    a delivery             every handler as above, then [before_ack]
    a job                  claim [after_job_claim] remove [before_job] … [after_job] as a handler
    a leased job           lease COMMIT [after_job_claim] work [after_job_prepare], then as a job that is claimed
    the relay              claim [after_claim] publish [after_publish] delete [after_delete] COMMIT [after_drain]
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

HANDLING = ("before_handler", "after_handler", "before_commit", "after_commit", "before_ack")
JOBS = ("after_job_claim", "before_job", "after_job", "before_commit", "after_commit")
LEASED_JOBS = (*JOBS, "after_job_prepare")
RELAYING = ("after_claim", "after_publish", "after_delete", "after_drain")

_on_reach: Callable[[str], None] | None = None


class Crash(BaseException):
    """The process is gone: nothing may catch this as it would an error."""


def reach(name: str) -> None:
    """Pass a point, or die there."""
    if _on_reach is not None:
        _on_reach(name)


@contextmanager
def armed(on_reach: Callable[[str], None]) -> Iterator[None]:
    """Call `on_reach` with the name of every point that is reached; it raises Crash where the process is to die."""
    global _on_reach  # noqa: PLW0603 - one process, one place
    before, _on_reach = _on_reach, on_reach
    try:
        yield
    finally:
        _on_reach = before


def kill_at(order: str) -> None:
    """Arm this process: `after_publish:3` is SIGKILL when that point is reached for the third time.

    Raises ValueError for a point that does not exist.
    """
    name, _, times = order.partition(":")
    if name not in (*HANDLING, *LEASED_JOBS, *RELAYING):
        raise ValueError(f"unknown failpoint: {name}")
    reached, last = count(1), int(times or 1)

    def die(point: str) -> None:
        if point == name and next(reached) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    global _on_reach  # noqa: PLW0603
    _on_reach = die
