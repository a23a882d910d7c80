"""The parts of a schema, read from Postgres's catalog. Before and after a revision, they show its effect."""

# ruff: noqa: S608 - the queries are made of the constants in here

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """The name of one thing in a schema: a column `tasks.title`, an index `tasks.ix_tasks_due`, a table `tasks`."""

    kind: str
    table: str
    name: str

    def __str__(self) -> str:
        """Return the kind and the qualified name."""
        return f"{self.kind} {self.table}.{self.name}" if self.table else f"{self.kind} {self.name}"


_PARTITION = re.compile(r"^(inbox|event_log|idempotency_keys)_(default|p\d{8})$")


def is_partition(table: str) -> bool:
    """Return whether this is the name of a partition that the chassis made."""
    return _PARTITION.match(table) is not None


Catalog = Mapping[Part, Mapping[str, Any]]


def read(connection: Connection) -> Catalog:
    """Return every part of the schema that the connection works in, with what matters about it."""
    found: dict[Part, Mapping[str, Any]] = {}
    for kind, query in _QUERIES.items():
        for row in connection.execute(text(query)).mappings():
            about = {key: value for key, value in row.items() if key not in {"table_name", "name"}}
            found[Part(kind, row["table_name"], row["name"])] = about
    return found


_OURS = "FROM pg_class t WHERE t.relnamespace = current_schema()::regnamespace AND t.relname <> 'alembic_version'"
_TABLES = f"SELECT t.oid {_OURS} AND t.relkind IN ('r', 'p')"

# `file` changes when a table is rewritten, which locks out everybody for as long as it takes.
_QUERIES = {
    "table": f"""
        SELECT '' AS table_name, t.relname AS name, pg_relation_filenode(t.oid)::text AS file,
            t.relrowsecurity AS guarded, t.relforcerowsecurity AS forced, t.relowner::regrole::text AS owner
        {_OURS} AND t.relkind IN ('r', 'p')""",
    "view": f"""
        SELECT '' AS table_name, t.relname AS name, pg_get_viewdef(t.oid) AS definition
        {_OURS} AND t.relkind IN ('v', 'm')""",
    "column": f"""
        SELECT a.attrelid::regclass::text AS table_name, a.attname AS name,
            format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required,
            a.atthasdef OR a.attidentity <> '' AS filled,
            concat_ws(' ', pg_get_expr(d.adbin, d.adrelid), nullif(a.attidentity::text, '')) AS value
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
        WHERE a.attrelid IN ({_TABLES}) AND a.attnum > 0 AND NOT a.attisdropped""",
    # Columns report their not-null constraints.
    "constraint": f"""
        SELECT c.conrelid::regclass::text AS table_name, c.conname AS name,
            pg_get_constraintdef(c.oid) AS definition
        FROM pg_constraint c WHERE c.conrelid IN ({_TABLES}) AND c.contype IN ('c', 'f', 'u', 'p', 'x')""",
    "index": f"""
        SELECT i.indrelid::regclass::text AS table_name, i.indexrelid::regclass::text AS name,
            pg_get_indexdef(i.indexrelid) AS definition, i.indisunique AS is_unique, i.indisvalid AS valid
        FROM pg_index i WHERE i.indrelid IN ({_TABLES})""",
    "policy": f"""
        SELECT p.polrelid::regclass::text AS table_name, p.polname AS name, p.polpermissive AS permissive,
            concat_ws(' ', p.polcmd, p.polroles, pg_get_expr(p.polqual, p.polrelid),
                pg_get_expr(p.polwithcheck, p.polrelid)) AS definition
        FROM pg_policy p WHERE p.polrelid IN ({_TABLES})""",
    "trigger": f"""
        SELECT g.tgrelid::regclass::text AS table_name, g.tgname AS name, pg_get_triggerdef(g.oid) AS definition
        FROM pg_trigger g WHERE g.tgrelid IN ({_TABLES}) AND NOT g.tgisinternal""",
    "function": """
        SELECT '' AS table_name, p.oid::regprocedure::text AS name, pg_get_function_result(p.oid) AS definition,
            pg_get_functiondef(p.oid) AS source, p.proowner::regrole::text AS owner,
            (SELECT string_agg(concat_ws(' ', acl.grantee::regrole, acl.privilege_type), ', ' ORDER BY 1)
                FROM (SELECT a.grantee, a.privilege_type FROM aclexplode(p.proacl) a) acl) AS rights
        FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace""",
    "right": f"""
        SELECT t.relname AS table_name, concat_ws(' ', lower(acl.privilege_type), 'for', acl.grantee::regrole) AS name
        FROM (SELECT t.relname, t.relacl {_OURS} AND t.relkind IN ('r', 'p', 'S')) t, aclexplode(t.relacl) acl""",
    "type": """
        SELECT '' AS table_name, y.typname AS name,
            (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = y.oid)
                AS labels
        FROM pg_type y WHERE y.typnamespace = current_schema()::regnamespace AND y.typtype IN ('e', 'd')""",
}
