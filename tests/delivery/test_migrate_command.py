"""One command per service brings its schema up to date, in the order of a deploy."""

import asyncio
import json
import os
import sys

import asyncpg
import pytest

from smartstack_chassis.testing.harness import TestDatabase, empty_database, test_key

SERVICES = ["ai", "comms", "gateway", "tasks"]


async def migrate(service: str, database: TestDatabase, *words: str, url: str | None = None) -> tuple[int, str]:
    """Exit code and standard error of `python -m smartstack_<service> migrate`."""
    keys = json.dumps({"keys": [test_key().as_dict(private=True)]})
    environment = {
        "SMARTSTACK_DATABASE_URL": database.app_url,
        "SMARTSTACK_MIGRATION_DATABASE_URL": url or database.migrator_url,
        "SMARTSTACK_JWT_KEYS": keys,
        **{f"SMARTSTACK_{owner}_URL": "http://127.0.0.1:9" for owner in ("TASKS", "COMMS", "AI")},
    }
    command = [sys.executable, "-m", f"smartstack_{service}", "migrate", *words]
    process = await asyncio.create_subprocess_exec(
        *command, env=os.environ | environment, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        _, error = await process.communicate()
    assert process.returncode is not None
    return process.returncode, error.decode()


@pytest.mark.parametrize("service", SERVICES)
async def test_each_service_migrates_itself(service: str, postgres_admin_url: str) -> None:
    async with empty_database(postgres_admin_url, service) as database:
        code, error = await migrate(service, database)
        assert code == 0, error


async def test_a_deploy_expands_first_and_contracts_later(postgres_admin_url: str) -> None:
    async with empty_database(postgres_admin_url, "tasks") as database:
        code, error = await migrate("tasks", database, "--phase", "contract")
        assert code == 2
        assert "expand before contracting" in error
        for phase in ("expand", "contract"):
            code, error = await migrate("tasks", database, "--phase", phase)
            assert code == 0, error


async def test_a_migration_that_finds_a_table_busy_says_so_and_can_be_run_again(postgres_admin_url: str) -> None:
    async with empty_database(postgres_admin_url, "gateway") as database:
        admin = await asyncpg.connect(database.admin_dsn)
        try:
            busy = admin.transaction()
            await busy.start()
            await admin.execute("CREATE TABLE gateway.outbox (id uuid)")
            code, error = await migrate("gateway", database)
            await busy.rollback()
            assert code == os.EX_TEMPFAIL, error
            assert "gave up, and undid the revision it was at; run it again" in error
            code, error = await migrate("gateway", database)
            assert code == 0, error
        finally:
            await admin.close()


async def test_the_login_role_of_a_service_cannot_migrate(postgres_admin_url: str) -> None:
    async with empty_database(postgres_admin_url, "tasks") as database:
        code, error = await migrate("tasks", database, url=database.app_url)
        assert code != 0
        assert "permission denied for schema tasks" in error
