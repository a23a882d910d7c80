"""The content and effect of each published revision, committed with it: a history cannot change unnoticed.

`migrations/frozen.json` holds, for each revision, the SHA-256 of its file and what it did to the catalog. A test
refuses an edit of a file that is in there. A migration compares the schema with what the revisions up to its own made.
It refuses one that differs: another history made it, or a person changed it by hand.

`python -m smartstack_cli.freeze` adds the revisions that are not in there yet.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from smartstack_chassis.database import catalog
from smartstack_chassis.database.catalog import is_partition

FILE = "frozen.json"

Described = dict[str, str]
Frozen = Mapping[str, Mapping[str, Any]]

# The rights of other roles belong to the operator.
_OWN_ROLES = ("_app", "_migrator", " -")


# `create_index` alone is shared: what it makes is in its arguments.
_BORROWS = re.compile(r"(from|import) smartstack_(?!chassis\.database\.migrations import create_index$)")


def read(migrations: Path) -> Frozen:
    """Return what is frozen, by revision, oldest first; nothing where no file is."""
    path = migrations / FILE
    return json.loads(path.read_text()) if path.exists() else {}


def digests(migrations: Path) -> dict[str, str]:
    """Return the SHA-256 of each revision's file, oldest first."""
    scripts = reversed(list(ScriptDirectory(migrations, version_locations=[migrations / "versions"]).walk_revisions()))
    return {each.revision: hashlib.sha256(Path(each.path).read_bytes()).hexdigest() for each in scripts}


def violations(migrations: Path) -> list[str]:
    """Return which revisions were edited after they were frozen, are not frozen, or call a shared helper."""
    known, found = read(migrations), digests(migrations)
    wrong = [f"{revision} is frozen, and its file is gone" for revision in known if revision not in found]
    for revision, digest in found.items():
        if revision not in known:
            wrong.append(f"{revision} is not frozen: run python -m smartstack_cli.freeze")
        elif known[revision]["sha256"] != digest:
            wrong.append(f"{revision} is frozen, and its file was edited: put it back and write another revision")
    for path in sorted((migrations / "versions").glob("*.py")):
        borrowed = [line for line in path.read_text().splitlines() if _BORROWS.match(line)]
        wrong += [f"{path.name} would change with a helper: {line}" for line in borrowed]
    return wrong


def describe(parts: catalog.Catalog) -> Described:
    """Return each part of a schema with what matters about it, as text; without what comes and goes by itself."""
    return {
        str(part): "; ".join(f"{key} {_spaced(value)}" for key, value in about.items() if key != "file")
        for part, about in sorted(parts.items())
        if not (is_partition(part.table) or is_partition(part.name)) and _is_ours(part)
    }


def expected(frozen: Frozen, revision: str) -> Described | None:
    """Return what the schema of `revision` is made of, or None when it is not frozen."""
    made: Described = {}
    for each, record in frozen.items():
        made = {name: about for name, about in made.items() if name not in record["takes"]} | record["makes"]
        if each == revision:
            return made
    return None


def differences(connection: Connection, migrations: Path, revision: str) -> list[str]:
    """Return in what the schema of `connection` is not what `revision` makes; nothing when that is not frozen.

    Partitions come and go with the days. An index that an operator adds for speed changes no answer.
    """
    wanted = expected(read(migrations), revision)
    if wanted is None:
        return []
    found = describe(catalog.read(connection))
    extra = [name for name in found if name not in wanted and not name.startswith("index ")]
    return sorted(
        [f"{name} is missing" for name in wanted if name not in found]
        + [f"{name} is different" for name in wanted if found.get(name, wanted[name]) != wanted[name]]
        + [f"{name} is too much" for name in extra]
    )


def record(digest: str, before: Described, after: Described) -> dict[str, Any]:
    """Return the entry of a revision that made the schema `after` out of `before`."""
    return {
        "sha256": digest,
        "makes": {name: about for name, about in after.items() if before.get(name) != about},
        "takes": [name for name in before if name not in after],
    }


def _is_ours(part: catalog.Part) -> bool:
    # The auditor's policies come with the role, which provisioning may make after the schema.
    if part.kind == "policy":
        return part.name != "auditor"
    return part.kind != "right" or part.name.endswith(_OWN_ROLES)


def _spaced(value: object) -> str:
    return re.sub(r"\s+", " ", str(value))
