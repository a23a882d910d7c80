"""Migrations and models agree, and each revision keeps the promise of its phase."""

# ruff: noqa: S101 - made of assertions

from collections.abc import Mapping
from typing import Any, ClassVar

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeEngine

from smartstack_chassis.database import frozen
from smartstack_chassis.database.catalog import is_partition
from smartstack_chassis.process.service import Service
from smartstack_chassis.testing import revisions
from smartstack_chassis.testing.conformance.operations import Sample
from smartstack_chassis.testing.conformance.tenancy import SYSTEM_TABLES
from smartstack_chassis.testing.harness import ServiceHarness, empty_database

CHASSIS_TABLES = frozenset({"outbox", "event_log", "inbox", "idempotency_keys", "revocations", "jobs"}) | SYSTEM_TABLES


class HistoryConformance:
    """Published revisions are as they were frozen, and code and schema of neighbouring releases fit each other."""

    service: ClassVar[Service]
    metadata: ClassVar[MetaData]

    async def test_old_code_runs_on_the_new_schema_and_new_code_on_the_old(self, postgres_admin_url: str) -> None:
        edited = frozen.violations(self.service.migrations)
        assert edited == [], "\n".join(edited)
        async with empty_database(postgres_admin_url, self.service.name) as database:
            migrations = self.service.migrations
            wrong = await revisions.check_history(migrations, database.migrator_url, self.metadata)
        assert wrong == [], "\n".join(wrong)


class SchemaConformance(HistoryConformance):
    """The tables and columns that the migrations make are the ones that the models describe.

    `unmapped` names tables that the code reaches by SQL alone. `leaving` names tables and columns (`tasks.rank`) that
    the code no longer uses and the next release's contract revision drops.
    """

    leaving: ClassVar[frozenset[str]] = frozenset()
    unmapped: ClassVar[frozenset[str]] = frozenset()

    async def test_migrations_make_what_the_models_describe(self, sample: Sample) -> None:
        await check_models(sample.harness, self.metadata, leaving=self.leaving | self.unmapped)


def _compare_type(_: Any, __: Any, ___: Any, column: TypeEngine[Any], value: TypeEngine[Any]) -> bool | None:
    """Return False for a text column that holds what the code writes; leave other types to Alembic."""
    return False if revisions.holds(column, value) else None


async def check_models(harness: ServiceHarness, metadata: MetaData, *, leaving: frozenset[str] = frozenset()) -> None:
    """The tables and columns that the migrations make are the ones that the models describe.

    Constraints and indexes live in the migrations alone; the tables of the chassis have no models. `leaving` names
    tables and columns (`tasks.rank`) that the code no longer uses and the next release's contract revision drops.
    """

    ignored = CHASSIS_TABLES | leaving

    def is_mapped(name: str | None, kind: str, parents: Mapping[str, Any]) -> bool:
        if kind == "column":
            return f"{parents['table_name']}.{name}" not in leaving
        return kind != "table" or not (name in ignored or is_partition(name or ""))

    def is_described(_: Any, __: str | None, kind: str, *___: Any) -> bool:
        return kind in {"table", "column"}

    def differences(connection: Connection) -> list[Any]:
        options = {"compare_type": _compare_type, "include_name": is_mapped, "include_object": is_described}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    engine = create_async_engine(harness.database.migrator_url, poolclass=NullPool)
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    assert found == [], found
