"""The tables that the migrations make are the ones that the models describe."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from smartstack_chassis.testing import ServiceHarness
from smartstack_tasks.models import Base


async def test_migrations_and_models_agree(tasks: ServiceHarness) -> None:
    def differences(connection: Connection) -> list[Any]:
        options = {"compare_type": True, "include_object": _is_ours}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))

    engine = create_async_engine(tasks.database.migrator_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


def _is_ours(_: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
    """Constraints and indexes live in the migrations alone; tables of the chassis have no models."""
    return kind == "column" or (kind == "table" and name not in {"outbox", "inbox", "idempotency_keys"})
