"""What a revision may do to code that is already running, and how long it may make others wait."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from smartstack_chassis.database import catalog
from smartstack_chassis.database.migrations import (
    MigrationRefusedError,
    Patience,
    Phase,
    Revision,
    history,
    plan,
    upgrade_async,
)
from smartstack_chassis.database.provision import ServiceAccess, provision
from smartstack_chassis.testing import revisions
from smartstack_chassis.testing.conformance import check_models
from smartstack_chassis.testing.harness import PASSWORD, ServiceHarness, TestDatabase, empty_database

FIRST = """
    op.execute("CREATE TYPE mood AS ENUM ('calm')")
    op.execute("CREATE FUNCTION one() RETURNS int LANGUAGE sql RETURN 1")
    op.execute(
        "CREATE TABLE notes (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, title text NOT NULL DEFAULT '', "
        "rank int, state text CONSTRAINT known CHECK (state IN ('open')))"
    )
    op.execute("CREATE INDEX ix_notes_rank ON notes (rank)")
    op.execute("ALTER TABLE notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY workspace ON notes USING (workspace_id = '00000000-0000-0000-0000-000000000000')")
    op.execute("CREATE TABLE plain (id uuid PRIMARY KEY)")
"""

COLUMNS = {
    "id": sa.Uuid(),
    "workspace_id": sa.Uuid(),
    "title": sa.Text(),
    "rank": sa.Integer(),
    "state": sa.Text(),
}


def code(**changes: sa.Column[object] | None) -> sa.MetaData:
    """The tables as some release's code knows them: `rank=None` leaves a column out."""
    metadata = sa.MetaData()
    known = {name: sa.Column(name, kind, nullable=name in {"rank", "state"}) for name, kind in COLUMNS.items()}
    sa.Table("notes", metadata, *(column for column in (known | changes).values() if column is not None))
    return metadata


def write(folder: Path, *bodies: tuple[str, str]) -> Path:
    """A migrations folder with FIRST and then one revision per (phase, body)."""
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    for number, (phase, body) in enumerate([("expand", FIRST), *bodies], start=1):
        before = f'"{number - 1:04}"' if number > 1 else "None"
        lines = body if body.startswith("\n") else f"\n    {body}\n"
        (versions / f"{number:04}_step.py").write_text(
            "from alembic import op\nfrom smartstack_chassis.database.migrations import create_index\n"
            f'revision = "{number:04}"\ndown_revision = {before}\nphase = "{phase}"\n\ndef upgrade():{lines}'
        )
    return versions.parent


@pytest.fixture(scope="module")
async def emptied(postgres_admin_url: str) -> AsyncIterator[TestDatabase]:
    async with empty_database(postgres_admin_url, "tasks") as made:
        yield made


@pytest.fixture
async def database(emptied: TestDatabase) -> TestDatabase:
    admin = await asyncpg.connect(emptied.admin_dsn)
    await admin.execute("DROP SCHEMA tasks CASCADE")
    await admin.close()
    await provision(emptied.admin_dsn, emptied.name, [ServiceAccess("tasks", PASSWORD, PASSWORD)])
    return emptied


Trial = Callable[[str, Phase], Awaitable[list[str]]]


@pytest.fixture(scope="module")
async def trial(postgres_admin_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Trial]:
    """What is wrong with a statement as a revision after the first; it is rolled back."""
    async with empty_database(postgres_admin_url, "tasks") as made:
        await upgrade_async(write(tmp_path_factory.mktemp("trial")), made.migrator_url)
        engine = create_async_engine(made.migrator_url)

        async def run(statement: str, phase: Phase) -> list[str]:
            async with engine.connect() as connection:
                before = await connection.run_sync(catalog.read)
                await connection.execute(sa.text(statement))
                return revisions.violations(phase, before, await connection.run_sync(catalog.read), [statement])

        yield run
        await engine.dispose()


def sql(statement: str) -> str:
    return f"op.execute({statement!r})"


ADDS = [
    "ALTER TABLE notes ADD COLUMN colour text",
    "ALTER TABLE notes ADD COLUMN colour text NOT NULL DEFAULT 'red'",
    "ALTER TABLE notes ALTER COLUMN title DROP NOT NULL",
    "ALTER TABLE notes DROP CONSTRAINT known",
    "ALTER TABLE notes ALTER COLUMN title SET DEFAULT 'untitled'",
    "CREATE TABLE labels (id uuid PRIMARY KEY, name text NOT NULL UNIQUE CHECK (name <> ''))",
    "CREATE POLICY readers ON notes FOR SELECT USING (true)",
    "CREATE FUNCTION two() RETURNS int LANGUAGE sql RETURN 2",
    "CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql RETURN 11",
    "ALTER TYPE mood ADD VALUE 'cross'",
    "CREATE VIEW titles AS SELECT title FROM notes",
]


@pytest.mark.parametrize("statement", ADDS)
async def test_expanding_may_add_and_loosen(statement: str, trial: Trial) -> None:
    assert await trial(statement, "expand") == []


async def test_a_unique_index_around_the_primary_key_refuses_no_row(trial: Trial) -> None:
    found = await trial("CREATE UNIQUE INDEX uq_notes ON notes (workspace_id, id)", "expand")
    assert [each for each in found if "refuses" in each] == []


TAKES = {
    "DROP TABLE plain": "takes away table plain",
    "ALTER TABLE plain RENAME TO simple": "takes away table plain",
    "ALTER TABLE notes DROP COLUMN rank": "takes away column notes.rank",
    "ALTER TABLE notes RENAME COLUMN rank TO place": "takes away column notes.rank",
    "ALTER TABLE notes ALTER COLUMN rank TYPE bigint": "makes integer to bigint in column notes.rank",
    "ALTER TABLE notes ALTER COLUMN rank SET NOT NULL": "requires a value in column notes.rank",
    "ALTER TABLE notes ALTER COLUMN title DROP DEFAULT": "that old code does not give in column notes.title",
    "ALTER TABLE notes ADD COLUMN owner uuid NOT NULL": "that old code does not give in column notes.owner",
    "ALTER TABLE notes ADD CONSTRAINT positive CHECK (rank > 0)": "refuses rows by constraint notes.positive",
    "ALTER TABLE notes ADD CONSTRAINT positive CHECK (rank > 0) NOT VALID": "refuses rows by constraint notes.positive",
    "ALTER TABLE notes ADD FOREIGN KEY (id) REFERENCES plain": "refuses rows by constraint notes.notes_id_fkey",
    "ALTER TABLE notes ADD CONSTRAINT one_title UNIQUE (title)": "refuses rows by constraint notes.one_title",
    "CREATE UNIQUE INDEX ix_title ON notes (title)": "refuses rows by index notes.ix_title",
    "DROP INDEX ix_notes_rank": "takes away index notes.ix_notes_rank",
    "DROP POLICY workspace ON notes": "takes away policy notes.workspace",
    "ALTER POLICY workspace ON notes USING (false)": "changes policy notes.workspace",
    "CREATE POLICY mine ON notes AS RESTRICTIVE USING (false)": "hides rows by policy notes.mine",
    "ALTER TABLE plain ENABLE ROW LEVEL SECURITY": "hides rows of table plain",
    "REVOKE INSERT ON notes FROM tasks_app": "takes away right notes.insert for tasks_app",
    "DROP FUNCTION one()": "takes away function one()",
    "DROP TYPE mood": "takes away type mood",
    "CREATE TRIGGER slow BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()": (
        "changes what writing does by trigger notes.slow"
    ),
}


@pytest.mark.parametrize("statement", TAKES, ids=lambda statement: statement[:40])
async def test_expanding_may_not_take_away_or_tighten(statement: str, trial: Trial) -> None:
    wrong = await trial(statement, "expand")
    assert any(each.startswith("expands, and") and TAKES[statement] in each for each in wrong), wrong


LOCKS = {
    "CREATE INDEX ix_title ON notes (title)": "builds index notes.ix_title while writes are blocked",
    "ALTER TABLE notes ADD CONSTRAINT one UNIQUE (title)": "builds index notes.one while writes are blocked",
    "ALTER TABLE notes ADD COLUMN token uuid DEFAULT gen_random_uuid()": "rewrites or empties table notes",
    "ALTER TABLE notes ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY": "rewrites or empties table notes",
    "TRUNCATE notes": "rewrites or empties table notes",
}


@pytest.mark.parametrize("phase", ["expand", "contract"])
@pytest.mark.parametrize("statement", LOCKS)
async def test_no_revision_locks_a_table_for_long(statement: str, phase: Phase, trial: Trial) -> None:
    wrong = await trial(statement, phase)
    assert any(LOCKS[statement] in each for each in wrong), wrong


async def test_an_index_on_a_table_with_rows_is_built_while_others_write(
    database: TestDatabase, tmp_path: Path
) -> None:
    folder = write(tmp_path, ("expand", 'create_index("ix_title", "notes (title)")'))
    assert await revisions.check_history(folder, database.migrator_url, code()) == []


async def test_an_interrupted_index_is_built_anew(database: TestDatabase, tmp_path: Path) -> None:
    folder = write(tmp_path, ("contract", 'create_index("ix_title", "notes (title)", unique=True)'))
    await upgrade_async(folder, database.migrator_url, "0001")
    admin = await asyncpg.connect(database.admin_dsn)
    note = "INSERT INTO tasks.notes (id, workspace_id) VALUES (gen_random_uuid(), gen_random_uuid())"
    try:
        await admin.execute(f"{note}; {note}")
        with pytest.raises(DBAPIError, match="could not create unique index"):
            await upgrade_async(folder, database.migrator_url)
        assert await admin.fetchval("SELECT NOT indisvalid FROM pg_index WHERE indexrelid = 'tasks.ix_title'::regclass")
        await admin.execute("DELETE FROM tasks.notes")
        await upgrade_async(folder, database.migrator_url)
        assert await admin.fetchval("SELECT indisvalid FROM pg_index WHERE indexrelid = 'tasks.ix_title'::regclass")
    finally:
        await admin.close()


async def test_what_a_revision_did_is_told_with_its_id(database: TestDatabase, tmp_path: Path) -> None:
    folder = write(tmp_path, ("expand", sql("ALTER TABLE plain RENAME TO simple")))
    wrong = await revisions.check_history(folder, database.migrator_url, code())
    assert "0002: expands, and takes away table plain" in wrong


async def test_contracting_may_take_away_what_the_code_does_not_use(database: TestDatabase, tmp_path: Path) -> None:
    folder = write(tmp_path, ("contract", sql("ALTER TABLE notes DROP COLUMN rank")))
    assert await revisions.check_history(folder, database.migrator_url, code(rank=None)) == []


async def test_contracting_is_refused_in_the_release_whose_code_still_uses_the_thing(
    database: TestDatabase, tmp_path: Path
) -> None:
    folder = write(tmp_path, ("contract", sql("ALTER TABLE notes DROP COLUMN rank")))
    wrong = await revisions.check_history(folder, database.migrator_url, code())
    assert wrong == ["this code on the schema of 0002: column notes.rank is missing"]


async def test_new_code_must_run_before_its_release_has_contracted(database: TestDatabase, tmp_path: Path) -> None:
    """Code that no longer gives a value meets a column that still requires one."""
    folder = write(tmp_path, ("contract", sql("ALTER TABLE notes DROP COLUMN workspace_id CASCADE")))
    wrong = await revisions.check_history(folder, database.migrator_url, code(workspace_id=None))
    assert wrong == ["this code on the schema of 0001: notes.workspace_id wants a value that this code does not give"]


async def test_contracting_adds_nothing_that_new_code_would_miss(database: TestDatabase, tmp_path: Path) -> None:
    folder = write(tmp_path, ("contract", sql("ALTER TABLE notes ADD COLUMN colour text")))
    wrong = await revisions.check_history(folder, database.migrator_url, code())
    assert wrong == ["0002: contracts, and adds column notes.colour"]


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        (sa.Column("colour", sa.Text), "column notes.colour is missing"),
        (sa.Column("rank", sa.Text), "notes.rank is INTEGER, not TEXT"),
        (sa.Column("title", sa.Text, nullable=True), "notes.title takes no NULL"),
    ],
)
async def test_code_must_fit_the_schema(
    column: sa.Column[object], wrong: str, database: TestDatabase, tmp_path: Path
) -> None:
    found = await revisions.check_history(write(tmp_path), database.migrator_url, code(**{column.name: column}))
    assert found == [f"this code on the schema of 0001: {wrong}"]


async def test_a_revision_says_its_phase(tmp_path: Path) -> None:
    folder = write(tmp_path, ("later", "pass"))
    with pytest.raises(MigrationRefusedError, match="0002 does not say phase"):
        history(folder)


STEPS = [Revision(str(number), phase) for number, phase in enumerate(["expand", "contract", "expand", "contract"])]


@pytest.mark.parametrize(
    ("current", "phase", "reached"),
    [
        (None, "expand", "2"),
        ("1", "expand", "2"),
        ("2", "expand", "2"),
        ("2", "contract", "3"),
        ("3", "contract", "3"),
        ("3", "expand", "3"),
    ],
)
def test_a_deploy_expands_before_the_code_and_contracts_after_it(
    current: str | None, phase: Phase, reached: str
) -> None:
    assert plan(STEPS, current, phase) == reached


@pytest.mark.parametrize(
    ("current", "phase", "reason"),
    [
        (None, "contract", "0 expands: expand before contracting"),
        ("0", "expand", "2 expands, and one before it contracts"),
        ("1", "contract", "2 expands: expand before contracting"),
        ("9", "expand", "does not know"),
    ],
)
def test_phases_in_the_wrong_order_are_refused(current: str | None, phase: Phase, reason: str) -> None:
    with pytest.raises(MigrationRefusedError, match=reason):
        plan(STEPS, current, phase)


async def test_a_release_leaves_contracting_until_its_code_runs(database: TestDatabase, tmp_path: Path) -> None:
    contract = ("contract", sql("ALTER TABLE notes DROP COLUMN rank"))
    folder = write(tmp_path, ("expand", sql(ADDS[0])), contract)
    await upgrade_async(folder, database.migrator_url, "0001")
    await upgrade_async(folder, database.migrator_url, phase="expand")
    assert await columns(database) == {"id", "workspace_id", "title", "rank", "state", "colour"}
    await upgrade_async(folder, database.migrator_url, phase="contract")
    assert await columns(database) == {"id", "workspace_id", "title", "state", "colour"}


async def columns(database: TestDatabase) -> set[str]:
    admin = await asyncpg.connect(database.admin_dsn)
    try:
        rows = await admin.fetch("SELECT column_name FROM information_schema.columns WHERE table_name = 'notes'")
    finally:
        await admin.close()
    return {row["column_name"] for row in rows}


async def test_a_migration_gives_up_on_a_lock_and_others_go_on_reading(database: TestDatabase, tmp_path: Path) -> None:
    folder = write(tmp_path, ("expand", sql(ADDS[0])))
    await upgrade_async(folder, database.migrator_url, "0001")
    busy, reader = await asyncpg.connect(database.admin_dsn), await asyncpg.connect(database.admin_dsn)
    try:
        async with asyncio.timeout(5), busy.transaction():
            await busy.execute("SELECT * FROM tasks.notes")
            attempt = asyncio.create_task(
                upgrade_async(folder, database.migrator_url, patience=Patience(lock=0.5, statement=10))
            )
            with pytest.raises(DBAPIError, match="lock timeout"):
                await attempt
            assert await reader.fetchval("SELECT count(*) FROM tasks.notes") == 0
        assert "colour" not in await columns(database)
        await upgrade_async(folder, database.migrator_url)
        assert "colour" in await columns(database)
    finally:
        await busy.close()
        await reader.close()


async def test_a_statement_that_takes_too_long_is_ended_and_its_revision_undone(
    database: TestDatabase, tmp_path: Path
) -> None:
    folder = write(tmp_path, ("expand", f"\n    {sql(ADDS[0])}\n    {sql('SELECT pg_sleep(5)')}\n"))
    with pytest.raises(DBAPIError, match="statement timeout"):
        await upgrade_async(folder, database.migrator_url, patience=Patience(statement=0.3))
    # The one before it stays.
    assert await columns(database) == {"id", "workspace_id", "title", "rank", "state"}


async def test_two_deploys_do_not_migrate_one_schema_at_once(database: TestDatabase, tmp_path: Path) -> None:
    folder = write(tmp_path, ("expand", sql("SELECT pg_sleep(1)")))
    first = asyncio.create_task(upgrade_async(folder, database.migrator_url))
    await asyncio.sleep(0.5)
    with pytest.raises(MigrationRefusedError, match="another migration"):
        await upgrade_async(folder, database.migrator_url, patience=Patience(lock=0.2))
    await first
    await upgrade_async(folder, database.migrator_url)


async def test_the_login_role_may_not_migrate(database: TestDatabase, tmp_path: Path) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        await upgrade_async(write(tmp_path), database.app_url)


async def test_a_column_that_no_code_uses_may_wait_for_the_release_that_drops_it(probe: ServiceHarness) -> None:
    metadata = sa.MetaData()
    sa.Table(
        "notes",
        metadata,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("workspace_id", sa.Uuid, nullable=False),
    )
    tables = frozenset({"copies", "held_events", "event_positions"})
    with pytest.raises(AssertionError, match=r"remove_column.*title"):
        await check_models(probe, metadata, leaving=tables)
    await check_models(probe, metadata, leaving=tables | {"notes.title"})
