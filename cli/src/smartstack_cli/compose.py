"""Preparation for docker-compose.yml before the services start: `python -m smartstack_cli.compose secrets | provision`.

Both work on the folder SMARTSTACK_VAULT, a volume; every other container mounts its own folder of it alone. `secrets`
makes what is missing: `<service>/smartstack_…`, which the service's settings read, `<service>-migrate/smartstack_…`
with the password of the schema's owner, and `postgres/password`. `provision` creates the database, its schemas and
roles with them.
"""

import asyncio
import os
import sys
from pathlib import Path

from smartstack_cli.local.layout import DATABASE, SERVICES, Layout
from smartstack_cli.local.postgres import SUPERUSER
from smartstack_cli.local.secrets import open_vault

# The name that the database has in the network of the containers.
_SERVER = "postgres:5432"


def write_secrets(folder: Path) -> None:
    """Write each part's secrets into a folder of its own; secrets that were made once stay as they are."""
    secrets = open_vault(folder, Layout.secret_names())
    _write(folder / "postgres" / "password", secrets["postgres"])
    for service in SERVICES:
        urls = {
            role: f"postgresql+asyncpg://{service}_{role}:{secrets[f'{service}_{role}']}@{_SERVER}/{DATABASE}"
            for role in ("app", "migrator")
        }
        _write(folder / service / "smartstack_database_url", urls["app"])
        # A volume of an earlier version has the owner's password in addition to the app's.
        (folder / service / "smartstack_migration_database_url").unlink(missing_ok=True)
        _write(folder / f"{service}-migrate" / "smartstack_database_url", urls["app"])
        _write(folder / f"{service}-migrate" / "smartstack_migration_database_url", urls["migrator"])
    # The gateway's settings require the keys, also of the container that migrates.
    for name in ("gateway", "gateway-migrate"):
        for secret in ("jwt_keys", "share_key"):
            _write(folder / name / f"smartstack_{secret}", secrets[secret])
    audit = f"postgresql+asyncpg://auditor:{secrets['auditor']}@{_SERVER}/{DATABASE}"
    _write(folder / "gateway" / "smartstack_audit_database_url", audit)


async def provision(folder: Path) -> None:
    """Bring the database, its schemas and its roles to what the secrets say."""
    # Imported here: writing secrets works without these packages.
    from smartstack_chassis.database.provision import AuditorAccess, ServiceAccess  # noqa: PLC0415
    from smartstack_chassis.database.provision import provision as create  # noqa: PLC0415

    secrets = open_vault(folder, Layout.secret_names())
    accesses = [ServiceAccess(name, secrets[f"{name}_app"], secrets[f"{name}_migrator"]) for name in SERVICES]
    auditor = AuditorAccess(secrets["auditor"])
    await create(f"postgresql://{SUPERUSER}:{secrets['postgres']}@{_SERVER}/postgres", DATABASE, accesses, auditor)


def _write(path: Path, text: str) -> None:
    # Readable by all who mount the volume: PostgreSQL runs as another user than the services.
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o644)


def main() -> None:
    """Do what the first argument says."""
    folder = Path(os.environ["SMARTSTACK_VAULT"])
    if sys.argv[1] == "secrets":
        write_secrets(folder)
    else:
        asyncio.run(provision(folder))


if __name__ == "__main__":
    main()
