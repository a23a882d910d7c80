"""Jobs of the running stack: recurring ones wait in every service, and an operator retries one that failed."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from smartstack_contracts import new_id

SERVICES = {"ai", "comms", "gateway", "tasks"}


def jobs(stack: Any, *words: str, code: int = 0) -> str:
    argv = [sys.executable, "-m", "smartstack_cli", "jobs", *words, "--data", str(stack.data)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == code, done.stderr
    return done.stdout


def listed(stack: Any, *words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in jobs(stack, "ls", "--json", *words).splitlines()]


def test_every_service_keeps_its_partitions_by_a_job(stack: Any, wait_until: Callable[..., Any]) -> None:
    def kept() -> bool:
        waiting = listed(stack, "--waiting", "--kind", "maintain_partitions")
        return {each["service"] for each in waiting} == SERVICES and all(not each["attempts"] for each in waiting)

    wait_until(kept, "a recurring job waits in every service")
    assert [each["service"] for each in listed(stack, "--waiting", "--kind", "delete_expired")] == ["gateway"]


def test_a_parked_job_is_listed_retried_and_discarded(stack: Any) -> None:
    job = str(new_id())
    stack.sql(
        "INSERT INTO tasks.jobs (id, workspace_id, kind, subject, due_at, auth_id, attempts, parked_at, reason) VALUES "
        f"('{job}', gen_random_uuid(), 'of_a_later_release', 'x', now(), 'user:x', 8, now(), 'it broke')"
    )
    assert [(each["id"], each["reason"]) for each in listed(stack)] == [(job, "it broke")]
    assert "tasks: 1 retried" in jobs(stack, "retry", job)
    assert listed(stack) == []
    assert [each["id"] for each in listed(stack, "--waiting", "--kind", "of_a_later_release")] == [job]
    jobs(stack, "discard", job, code=1)
    stack.sql(f"DELETE FROM tasks.jobs WHERE id = '{job}'")
