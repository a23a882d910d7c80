"""`./smartstack restore FILE --data FOLDER`: the data folder that a backup was made of, where none is yet.

Everything is made next to the folder and checked, then renamed in one step. All sign-ins end: sessions are
revoked, refresh tokens removed, and tokens are signed with a new key. Share links and everything else are as they were.
"""

import asyncio
import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import asyncpg

from smartstack_chassis.database import migrations
from smartstack_cli.arguments import Arguments
from smartstack_cli.bootstrap.project import ROOT
from smartstack_cli.bootstrap.steps import say
from smartstack_cli.errors import StackError
from smartstack_cli.local import archive, postgres
from smartstack_cli.local.backup import EMULATOR
from smartstack_cli.local.layout import DATABASE
from smartstack_cli.local.ports import free_port
from smartstack_cli.local.secrets import FILE as SECRETS
from smartstack_cli.local.secrets import write_secret

_SIGNED_OUT = (
    "UPDATE gateway.sessions SET revoked_at = now(), revoked_reason = 'restored' WHERE revoked_at IS NULL",
    "DELETE FROM gateway.refresh_tokens",
)


def restore(arguments: Arguments) -> int:
    """Make the folder; returns the exit code. Raises StackError, and has made nothing, when it cannot."""
    data = arguments.data.absolute()
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise StackError(f"{data} is not empty: choose a new folder with --data, or move that one away")
    data.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data.parent, prefix=f".{data.name}.") as folder:
        content, home = Path(folder) / "content", Path(folder) / "home"
        content.mkdir()
        home.mkdir(mode=0o700)
        manifest = archive.read(arguments.file.absolute(), content)
        _check_revisions(manifest)
        with _cluster(content, home, data) as cluster:
            with postgres.serving(cluster, free_port(), Path(folder) / "postgres.log") as url:
                asyncio.run(_sign_everybody_out(url))
            _move_in(content, home)
            home.rename(data)
    say(f"restored {arguments.file} ({manifest.made_at}) to {data}; all users have to sign in again")
    return 0


def _check_revisions(manifest: archive.Manifest) -> None:
    for service, revision in manifest.revisions.items():
        folder = ROOT / "services" / service / "migrations"
        known = [each.id for each in migrations.history(folder)] if folder.exists() else []
        if revision not in known:
            raise StackError(
                f"the backup is of SmartStack {manifest.version}, and its {service} data is newer than this version: "
                "restore it with that version"
            )


@contextmanager
def _cluster(content: Path, home: Path, data: Path) -> Iterator[postgres.Cluster]:
    """A database filled from the backup; removed again when anything fails."""
    password = json.loads((content / SECRETS).read_text())["postgres"]
    cluster = postgres.adopt(home, password)
    try:
        unpack(content / "database" / "base.tar", cluster.directory)
        unpack(content / "database" / "pg_wal.tar", cluster.directory / "pg_wal")
        postgres.claim_files(cluster, data)
        yield cluster
    except BaseException:
        cluster.remove()
        raise


def unpack(source: Path, directory: Path) -> None:
    """Unpack a tar file of the database. Raises StackError for one that is broken or reaches out of `directory`."""
    try:
        with tarfile.open(source, "r:") as files:
            for member in files:
                _check_member(member)
                files.extract(member, directory)
    except (tarfile.TarError, OSError) as error:
        raise StackError(f"the database in the backup cannot be unpacked ({error}): use another backup") from None


def _check_member(member: tarfile.TarInfo) -> None:
    """Refuse a member that is neither file nor folder, or that would land elsewhere; raises TarError.

    The `filter` argument of tarfile does the same, from Python 3.11.4 on.
    """
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or not (member.isfile() or member.isdir()):
        raise tarfile.ExtractError(f"{member.name!r} does not belong in a backup")
    member.mode &= 0o700


async def _sign_everybody_out(url: str) -> None:
    connection = await asyncpg.connect(url, database=DATABASE, timeout=5)
    try:
        async with connection.transaction():
            for statement in _SIGNED_OUT:
                await connection.execute(statement)
    finally:
        await connection.close()


def _move_in(content: Path, home: Path) -> None:
    """The rest of the folder. Without its key, the vault makes a new one that signs tokens."""
    secrets = json.loads((content / SECRETS).read_text())
    kept = {name: value for name, value in secrets.items() if name != "jwt_keys"}
    write_secret(home / SECRETS, json.dumps(kept, indent=1))
    if (content / EMULATOR).exists():
        shutil.move(content / EMULATOR, home / EMULATOR)
