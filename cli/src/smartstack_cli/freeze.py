"""Freezes the revisions that are new: writes what they are and what they make into each service's `frozen.json`.

Run as `python -m smartstack_cli.freeze`, on a throwaway PostgreSQL of its own. Revisions that are in there stay as they
are: a published one is never edited, so a change is another revision.
"""

import asyncio
import importlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from smartstack_chassis.database import catalog, frozen
from smartstack_chassis.database.migrations import upgrade_async
from smartstack_chassis.process.service import Service
from smartstack_chassis.testing.harness import empty_database
from smartstack_cli.local import postgres
from smartstack_cli.local.layout import SERVICES
from smartstack_cli.local.ports import free_port


async def freeze(service: Service, admin_url: str) -> dict[str, Any]:
    """Return the whole record of a service's revisions, those that are frozen already unchanged."""
    known, records = frozen.read(service.migrations), dict[str, Any]()
    async with empty_database(admin_url, service.name) as database:
        engine = create_async_engine(database.migrator_url)
        before: frozen.Described = {}
        for revision, digest in frozen.digests(service.migrations).items():
            await upgrade_async(service.migrations, database.migrator_url, revision, check=False)
            async with engine.connect() as connection:
                after = await connection.run_sync(_describe)
            records[revision] = known.get(revision) or frozen.record(digest, before, after)
            before = after
        await engine.dispose()
    return records


def _describe(connection: Connection) -> frozen.Described:
    return frozen.describe(catalog.read(connection))


def main() -> int:
    """Freeze every service's revisions; returns the exit code."""
    with tempfile.TemporaryDirectory() as folder, postgres.throwaway(Path(folder), free_port()) as url:
        for name in SERVICES:
            service: Service = importlib.import_module(f"smartstack_{name}.main").service
            records = asyncio.run(freeze(service, url))
            (service.migrations / frozen.FILE).write_text(json.dumps(records, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
