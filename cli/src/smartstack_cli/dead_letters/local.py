"""The dead letters of the local stack: where they are, and what its traces know of them."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from smartstack_cli.local import run_state as current
from smartstack_cli.local.layout import OPS, PREFIX
from smartstack_ops.dead_letters.environment import Environment
from smartstack_ops.dead_letters.messages import DeadLetter
from smartstack_ops.dead_letters.service import LastErrors
from smartstack_ops.store import FILE, connect
from smartstack_ops.telemetry.traces import last_errors


def local_place(data: Path) -> Environment:
    """Return the environment of the stack that runs on `data`. Raises StackError when none does."""
    environment = current.read(data).aws_environment()
    return Environment(
        prefix=PREFIX,
        patience=0,
        region=environment["AWS_REGION"],
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        access_key=environment["AWS_ACCESS_KEY_ID"],
        secret=environment["AWS_SECRET_ACCESS_KEY"],
    )


def local_errors(data: Path) -> LastErrors:
    """Return what finds last errors in the file of the ops process; without one, or while it is busy, it knows none."""

    def look(letters: Sequence[DeadLetter]) -> Mapping[str, str]:
        with contextlib.suppress(sqlite3.Error), contextlib.closing(connect(data / OPS / FILE, read_only=True)) as file:
            return last_errors(file, letters)
        return {}

    async def find(letters: Sequence[DeadLetter]) -> Mapping[str, str]:
        return await asyncio.to_thread(look, letters)

    return find
