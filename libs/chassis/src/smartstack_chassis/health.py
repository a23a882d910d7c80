"""Health: `live` says that the process serves, and checks nothing else; `ready` says that it can do its work now."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

READY_SECONDS = 2.0

router = APIRouter(tags=["health"])


@router.get("/health/live", include_in_schema=False)
async def live() -> dict[str, str]:
    """Answer as long as the process runs: an orchestrator restarts on this, so no dependency may fail it."""
    return {"status": "ok"}


@router.get("/health/ready", include_in_schema=False)
async def ready(request: Request) -> JSONResponse:
    """Answer 200 when the database answers, the worker (where there is one) runs and nobody asked to stop, else 503."""
    runtime = request.app.state.runtime
    checks = {
        "database": await _database_answers(runtime.engine),
        "worker": runtime.worker_ready(),
        "staying": not runtime.stopping.is_set(),
    }
    healthy = all(checks.values())
    return JSONResponse({"status": "ok" if healthy else "unavailable", "checks": checks}, 200 if healthy else 503)


async def _database_answers(engine: object) -> bool:
    try:
        async with asyncio.timeout(READY_SECONDS), engine.connect() as connection:  # type: ignore[attr-defined]
            await connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError, TimeoutError):
        return False
    return True
