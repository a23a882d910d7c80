"""Holds each revision of a history to what it says it does to running code.

During a deploy old code runs on the new schema, and after a rollback it does again. So an `expand` revision may add and
loosen, never take away or tighten; a `contract` revision may take away what neither the code of its own release nor
that of the release before uses, and adds nothing that new code would miss before it ran. Neither may lock a table out
for long. What a revision did is read from the catalog of a real database, whatever SQL or helper it used.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, String, event
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeEngine

from smartstack_chassis.database.catalog import Catalog, Part, read
from smartstack_chassis.database.migrations import Phase, Revision, history, upgrade_async

Seen = TypeVar("Seen")
About = Mapping[str, Any]

_CONCURRENTLY = re.compile(
    r"CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?\"?(\w+)", re.IGNORECASE
)
_PLAIN_UNIQUE = re.compile(r"^CREATE UNIQUE INDEX .* USING btree \(([\w, ]+)\)$")
_NEEDED_AT_ONCE = frozenset({"table", "view", "column", "function", "type"})


async def check_history(migrations: Path, url: str, metadata: MetaData) -> list[str]:
    """Run the history, revision by revision, on the empty schema that `url` (the migration role) sees.

    Returns what is wrong: with a revision, or with `metadata`, the code's tables, on a schema that it will meet.
    """
    revisions = history(migrations)
    wrong: list[str] = []
    before = await _inspect(url, read)
    for revision in revisions:
        with _statements() as statements:
            await upgrade_async(migrations, url, revision.id)
        after = await _inspect(url, read)
        wrong += [f"{revision.id}: {each}" for each in violations(revision.phase, before, after, statements)]
        if revision in schemas_seen_by_release(revisions):
            unfit = await _inspect(url, lambda connection: incompatibilities(connection, metadata))
            wrong += [f"this code on the schema of {revision.id}: {each}" for each in unfit]
        before = after
    return wrong


def schemas_seen_by_release(revisions: list[Revision]) -> list[Revision]:
    """Return the revisions whose schema this release's code runs on: the last expand, and every contract after it."""
    last = max((at for at, revision in enumerate(revisions) if revision.phase == "expand"), default=0)
    return revisions[last:]


def violations(phase: Phase, before: Catalog, after: Catalog, statements: list[str]) -> list[str]:
    """Return what a revision that says `phase` did to the catalog and may not do."""
    tables = {part.name for part in before if part.kind == "table"}
    added = [part for part in after if part not in before]
    removed = [part for part in before if part not in after and part.kind != "constraint"]
    wrong = [*_locks(before, after, added, tables, statements)]
    if phase == "contract":
        return wrong + [f"contracts, and adds {part}" for part in sorted(added) if part.kind in _NEEDED_AT_ONCE]
    wrong += [f"expands, and takes away {part}" for part in sorted(removed)]
    wrong += [f"expands, and {tightened}" for tightened in _tightened(before, after, tables)]
    return wrong


def _locks(
    before: Catalog, after: Catalog, added: list[Part], tables: set[str], statements: list[str]
) -> Iterator[str]:
    concurrent = {match[1] for statement in statements for match in _CONCURRENTLY.finditer(statement)}
    for part in sorted(added):
        if part.kind == "index" and part.table in tables and part.name not in concurrent:
            yield f"builds {part} while writes are blocked: use migrations.create_index"
    for part, about in sorted(after.items()):
        if part.kind == "table" and part in before and before[part]["file"] != about["file"]:
            yield f"rewrites or empties {part}, locking everybody out"
        if part.kind == "index" and not about["valid"] and about != before.get(part):
            yield f"leaves {part} invalid"


def _tightened(before: Catalog, after: Catalog, tables: set[str]) -> Iterator[str]:
    for part, new in sorted(after.items()):
        old = before.get(part)
        reason = None
        if old is None and part.table in tables and part.kind in _TIGHT_WHEN_NEW and not _is_implied(part, new, before):
            reason = _TIGHT_WHEN_NEW[part.kind](new)
        elif old is not None and old != new:
            reason = _TIGHT_WHEN_CHANGED.get(part.kind, _any_change)(old, new)
        if reason is not None:
            yield f"{reason} {part}"


def _is_implied(part: Part, new: About, before: Catalog) -> bool:
    """Return whether an index refuses no row: some of its columns were unique before, such as the primary key."""
    if part.kind != "index":
        return False
    columns = _plain_columns(new)
    unique = (
        _plain_columns(old) for other, old in before.items() if (other.kind, other.table) == ("index", part.table)
    )
    return any(already and already <= columns for already in unique)


def _plain_columns(index: About) -> set[str]:
    """Return the columns of a unique index over all rows; empty for any other index."""
    matched = _PLAIN_UNIQUE.search(index["definition"])
    return set(matched[1].split(", ")) if matched else set()


def _new_column(new: About) -> str | None:
    return "requires a value that old code does not give in" if new["required"] and not new["filled"] else None


_TIGHT_WHEN_NEW: Mapping[str, Callable[[About], str | None]] = {
    "column": _new_column,
    "constraint": lambda _: "refuses rows by",
    "index": lambda new: "refuses rows by" if new["is_unique"] else None,
    "policy": lambda new: None if new["permissive"] else "hides rows by",
    "trigger": lambda _: "changes what writing does by",
}


def _changed_column(old: About, new: About) -> str | None:
    if old["type"] != new["type"]:
        return f"makes {old['type']} to {new['type']} in"
    if new["required"] and not old["required"]:
        return "requires a value in"
    return "requires a value that old code does not give in" if new["required"] and not new["filled"] else None


def _changed_table(old: About, new: About) -> str | None:
    hides = (new["guarded"] and not old["guarded"]) or (new["forced"] and not old["forced"])
    return "hides rows of" if hides else None


def _changed_type(old: About, new: About) -> str | None:
    return None if set(old["labels"] or ()) < set(new["labels"] or ()) else "changes"


def _any_change(_: About, __: About) -> str | None:
    return "changes"


def _changed_function(old: About, new: About) -> str | None:
    return None if old["definition"] == new["definition"] else "changes"


_TIGHT_WHEN_CHANGED: Mapping[str, Callable[[About, About], str | None]] = {
    "column": _changed_column,
    "function": _changed_function,
    "table": _changed_table,
    "type": _changed_type,
}


def incompatibilities(connection: Connection, metadata: MetaData) -> list[str]:
    """Return why code with these tables would fail on the schema of `connection`; additions are allowed."""
    options = {"compare_type": True, "include_object": _is_data, "include_name": partial(_is_known, metadata)}
    inspected = MigrationContext.configure(connection, opts=options)
    found: list[str] = []
    for difference in compare_metadata(inspected, metadata):
        # Changes of one column come as a list of their own.
        for each in difference if isinstance(difference, list) else [difference]:
            found += _incompatibility(each)
    return found


def _is_data(_: Any, __: str | None, kind: str, *___: Any) -> bool:
    return kind in {"table", "column"}


def _is_known(metadata: MetaData, name: str | None, kind: str, _: Any) -> bool:
    return kind != "table" or name in metadata.tables


def _incompatibility(difference: Any) -> Iterator[str]:
    match difference:
        case ("add_table", table):
            yield f"table {table.name} is missing"
        case ("add_column", _, table, column):
            yield f"column {table}.{column.name} is missing"
        case ("modify_type", _, table, column, _, old, new) if not holds(old, new):
            yield f"{table}.{column} is {old}, not {new}"
        case ("modify_nullable", _, table, column, _, False, _):
            yield f"{table}.{column} takes no NULL"
        case ("remove_column", _, table, column) if not (column.nullable or column.server_default or column.identity):
            yield f"{table}.{column.name} wants a value that this code does not give"
        case _:
            pass


def holds(column: TypeEngine[Any], value: TypeEngine[Any]) -> bool:
    """Return whether every text that the code may write fits: text and varchar differ only in a length."""
    if not (isinstance(column, String) and isinstance(value, String)):
        return False
    return column.length is None or (value.length is not None and value.length <= column.length)


async def _inspect(url: str, look: Callable[[Connection], Seen]) -> Seen:
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(look)
    finally:
        await engine.dispose()


@contextmanager
def _statements() -> Iterator[list[str]]:
    """Collect the SQL that is run meanwhile, by whatever engine: more than the revision's own does no harm."""
    seen: list[str] = []

    def record(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", record)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", record)
