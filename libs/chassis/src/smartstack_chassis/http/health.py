"""Health: `live` says that the process serves, and checks nothing else; `ready` says that it can do its work now."""

import asyncio
from contextvars import Context

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

READY_SECONDS = 1.5

router = APIRouter(tags=["health"])

# More than work_mem holds, so that Postgres writes it to its disk: on a full one, or on a standby, this fails. Nothing
# of it stays, neither a row nor a dead one.
_LEAST_MEMORY = text("SELECT set_config('work_mem', '64kB', true)")
_WRITES = text("SELECT count(*) > 0 AND NOT pg_is_in_recovery() FROM generate_series(1, 5000)")
_READ_ONLY = text("SELECT current_setting('transaction_read_only')::boolean")


@router.get("/health/live", include_in_schema=False)
async def live() -> dict[str, str]:
    """Answer as long as the process runs: an orchestrator restarts on this, so no dependency may fail it."""
    return {"status": "ok"}


@router.get("/health/ready", include_in_schema=False)
async def ready(request: Request) -> JSONResponse:
    """Answer 200 when the database can be written, the worker (if any) runs and nobody asked to stop, else 503."""
    runtime = request.app.state.runtime
    checks = {
        "database": await runtime.database_check.passes(),
        "worker": runtime.worker_ready(),
        "staying": not runtime.stopping.is_set(),
    }
    healthy = all(checks.values())
    return JSONResponse({"status": "ok" if healthy else "unavailable", "checks": checks}, 200 if healthy else 503)


class DatabaseCheck:
    """Looks whether the database can be written. `engine` is for this alone: a full pool is no reason to be replaced.

    One look serves all who ask meanwhile. One that hangs stays behind, and nobody waits for it longer than
    READY_SECONDS.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._looking: asyncio.Task[bool] | None = None

    async def passes(self) -> bool:
        """Return whether it can be written."""
        looking = self._looking
        if looking is None or looking.done():
            looking = self._looking = asyncio.create_task(self._look(), name="database-check", context=Context())
        await asyncio.wait((looking,), timeout=READY_SECONDS)
        return looking.done() and looking.result()

    async def close(self) -> None:
        """Close the connection."""
        if self._looking is not None:
            self._looking.cancel()
        await self._engine.dispose()

    async def _look(self) -> bool:
        try:
            async with self._engine.connect() as connection:
                if await connection.scalar(_READ_ONLY):
                    return False
                await connection.execute(_LEAST_MEMORY)
                return bool(await connection.scalar(_WRITES))
        except (SQLAlchemyError, OSError, TimeoutError):
            return False
