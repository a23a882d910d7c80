"""A published revision never changes, and a schema that another history made is refused."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from smartstack_chassis.database import catalog, frozen
from smartstack_chassis.database.migrations import MigrationRefusedError, upgrade_async
from smartstack_chassis.testing.harness import TestDatabase, empty_database

REVISION = """from alembic import op

revision = "{number:04}"
down_revision = {before}
phase = "expand"


def upgrade():
    {body}
"""
FIRST = """op.execute("CREATE TABLE notes (id uuid PRIMARY KEY, title text NOT NULL DEFAULT '')")
    op.execute("ALTER TABLE notes ENABLE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY readers ON notes USING (true)")
    op.execute("CREATE FUNCTION one() RETURNS int LANGUAGE sql RETURN 1")"""


def write(folder: Path, *bodies: str) -> Path:
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    for number, body in enumerate(bodies, start=1):
        before = f'"{number - 1:04}"' if number > 1 else "None"
        (versions / f"{number:04}_step.py").write_text(REVISION.format(number=number, before=before, body=body))
    return versions.parent


def described(connection: Connection) -> frozen.Described:
    return frozen.describe(catalog.read(connection))


@pytest.fixture
async def database(postgres_admin_url: str) -> AsyncIterator[TestDatabase]:
    async with empty_database(postgres_admin_url, "tasks") as made:
        yield made


async def freeze(migrations: Path, database: TestDatabase) -> None:
    engine = create_async_engine(database.migrator_url)
    async with engine.connect() as connection:
        made = await connection.run_sync(described)
    await engine.dispose()
    records = {name: frozen.record(digest, {}, made) for name, digest in frozen.digests(migrations).items()}
    (migrations / frozen.FILE).write_text(json.dumps(records))


@pytest.fixture
async def migrations(tmp_path: Path, database: TestDatabase) -> Path:
    """One revision, frozen, and run on the database."""
    folder = write(tmp_path, FIRST)
    await upgrade_async(folder, database.migrator_url)
    await freeze(folder, database)
    return folder


def test_an_edit_of_a_published_revision_is_refused(migrations: Path) -> None:
    assert frozen.violations(migrations) == []
    file = migrations / "versions" / "0001_step.py"
    file.write_text(file.read_text() + "# nothing\n")
    assert frozen.violations(migrations) == [
        "0001 is frozen, and its file was edited: put it back and write another revision"
    ]


def test_a_new_revision_is_to_be_frozen_and_a_published_one_to_be_kept(migrations: Path) -> None:
    write(migrations.parent, FIRST, "pass")
    assert frozen.violations(migrations) == ["0002 is not frozen: run python -m smartstack_cli.freeze"]
    for file in (migrations / "versions").glob("*.py"):
        file.unlink()
    assert frozen.violations(migrations) == ["0001 is frozen, and its file is gone"]


def test_a_revision_carries_its_own_sql(migrations: Path) -> None:
    file = migrations / "versions" / "0002_step.py"
    write(migrations.parent, FIRST, "pass")
    file.write_text("from smartstack_chassis.database.catalog import is_partition\n" + file.read_text())
    assert any("would change with a helper" in each for each in frozen.violations(migrations))


async def test_a_schema_that_is_what_was_frozen_is_migrated_any_number_of_times(
    migrations: Path, database: TestDatabase
) -> None:
    for _ in range(2):
        await upgrade_async(migrations, database.migrator_url)


CHANGES = {
    "ALTER TABLE notes DROP COLUMN title": "column notes.title is missing",
    "ALTER TABLE notes ALTER COLUMN title TYPE varchar(9)": "column notes.title is different",
    "ALTER TABLE notes ALTER COLUMN title SET DEFAULT 'x'": "column notes.title is different",
    "ALTER TABLE notes ADD COLUMN colour text": "column notes.colour is too much",
    "ALTER POLICY readers ON notes USING (false)": "policy notes.readers is different",
    "DROP POLICY readers ON notes": "policy notes.readers is missing",
    "ALTER TABLE notes DISABLE ROW LEVEL SECURITY": "table notes is different",
    "CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql RETURN 2": "function one() is different",
    "ALTER FUNCTION one() SECURITY DEFINER": "function one() is different",
    "REVOKE INSERT ON notes FROM tasks_app": "right notes.insert for tasks_app is missing",
    "GRANT TRUNCATE ON notes TO tasks_app": "right notes.truncate for tasks_app is too much",
    "CREATE TABLE other (id int)": "table other is too much",
}


@pytest.mark.parametrize("statement", CHANGES)
async def test_a_schema_that_another_history_made_is_refused_before_anything_is_done(
    migrations: Path, database: TestDatabase, statement: str
) -> None:
    write(migrations.parent, FIRST, 'op.execute("CREATE TABLE made_by_the_second (id int)")')
    owner = await asyncpg.connect(database.migrator_url.replace("+asyncpg", ""))
    try:
        await owner.execute(statement)
        with pytest.raises(MigrationRefusedError, match="is not what revision 0001 of this release makes") as refusal:
            await upgrade_async(migrations, database.migrator_url)
        assert CHANGES[statement] in str(refusal.value) or "more" in str(refusal.value)
        assert await owner.fetchval("SELECT to_regclass('made_by_the_second')") is None
    finally:
        await owner.close()


async def test_an_index_for_speed_is_no_reason_to_refuse(migrations: Path, database: TestDatabase) -> None:
    owner = await asyncpg.connect(database.migrator_url.replace("+asyncpg", ""))
    await owner.execute("CREATE INDEX ix_fast ON notes (title)")
    await owner.close()
    await upgrade_async(migrations, database.migrator_url)


async def test_a_newer_schema_is_refused_by_older_code(migrations: Path, database: TestDatabase) -> None:
    write(migrations.parent, FIRST, "pass")
    await upgrade_async(migrations, database.migrator_url)
    (migrations / "versions" / "0002_step.py").unlink()
    with pytest.raises(MigrationRefusedError, match="at revision 0002, which this release does not know"):
        await upgrade_async(migrations, database.migrator_url)
