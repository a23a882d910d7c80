"""What every service must keep to, checked from outside: its tables and its OpenAPI operations are enumerated.

A service's tests hand in a running harness and samples; a new table or endpoint is then covered without being named.
Each check raises AssertionError with what is wrong.
"""

# ruff: noqa: S101, S608 - made of assertions; table names come from the catalog of the test's own database

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from uuid import UUID

import asyncpg
import httpx
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from smartstack_chassis.auth.revocations import revocation_id
from smartstack_chassis.core.actors import Member, PortalClient
from smartstack_chassis.database import frozen
from smartstack_chassis.database.catalog import is_partition
from smartstack_chassis.database.engine import execute_directly
from smartstack_chassis.events import uow
from smartstack_chassis.process.app import build_api
from smartstack_chassis.process.service import Service
from smartstack_chassis.testing import revisions
from smartstack_chassis.testing.forgeries import forged_tokens, good_token
from smartstack_chassis.testing.harness import ServiceHarness, empty_database
from smartstack_chassis.testing.harness import event as incoming
from smartstack_contracts import new_id
from smartstack_contracts.events.gateway import AccessRevoked

CHANGING = frozenset({"POST", "PATCH", "PUT", "DELETE"})
# Of the service itself, not of a workspace: seen by the system scope alone.
SYSTEM_TABLES = frozenset({"registered_handlers"})
CHASSIS_TABLES = frozenset({"outbox", "event_log", "inbox", "idempotency_keys", "revocations"}) | SYSTEM_TABLES
INSUFFICIENT_PRIVILEGE = "42501"


@dataclass(frozen=True)
class Operation:
    """One operation of a service's API. `takes` says whose token: `member`, `client` or nobody's (None)."""

    name: str
    method: str
    path: str
    takes: str | None
    needs_version: bool
    body: Mapping[str, Any] | None

    def __str__(self) -> str:
        """Return the operation id."""
        return self.name

    @property
    def parameters(self) -> list[str]:
        """Return the names in the path."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def references(self) -> list[str]:
        """Return the fields of the body that hold an id."""
        return [name for name in self.body or {} if name.endswith("_id")]


def operations(service: Service) -> list[Operation]:
    """Return every operation of the service's OpenAPI document."""
    document = build_api(service).openapi()
    return [
        _operation(document, path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Operation:
    schemes = [name for each in operation.get("security", []) for name in each]
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    model = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
    return Operation(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        takes=schemes[0] if schemes else None,
        needs_version=any(item["name"] == "If-Match" for item in operation.get("parameters", [])),
        body=model.get("properties") if "requestBody" in operation else None,
    )


async def call(
    harness: ServiceHarness,
    operation: Operation,
    principal: Member | PortalClient | None,
    *,
    ids: Mapping[str, object] | None = None,
    body: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Send one request; `ids` fill the path, If-Match is version 1 where the operation asks for one."""
    sent = {**(harness.headers(principal) if principal else {}), **(headers or {})}
    if operation.needs_version:
        sent.setdefault("If-Match", '"1"')
    url = operation.path.format_map({name: str(value) for name, value in (ids or {}).items()})
    json = body if operation.body is not None else None
    return await harness.http.request(operation.method, url, json=json, headers=sent)


async def check_tokens(harness: ServiceHarness, operation: Operation, body: Mapping[str, Any] | None) -> None:
    """Without a token 401, with the other kind of token 403: before anything is looked up."""
    ids = {name: new_id() for name in operation.parameters}
    member = harness.member()
    client = PortalClient(member.workspace_id, new_id(), new_id())
    other = client if operation.takes == "member" else member
    missing = await call(harness, operation, None, ids=ids, body=body)
    assert (missing.status_code, missing.headers.get("www-authenticate")) == (401, "Bearer"), missing.text
    forged = {"Authorization": harness.headers(other)["Authorization"] + "x"}
    assert (await call(harness, operation, None, ids=ids, body=body, headers=forged)).status_code == 401
    assert (await call(harness, operation, other, ids=ids, body=body)).status_code == 403


async def check_revocation(harness: ServiceHarness, operation: Operation, body: Mapping[str, Any] | None) -> None:
    """A token that was accepted is refused once its session or share link is revoked; other tokens stay good."""
    ids = {name: new_id() for name in operation.parameters}
    member = harness.member()
    revoked, other = (
        harness.member(member.workspace_id)
        if operation.takes == "member"
        else PortalClient(member.workspace_id, new_id(), new_id())
        for _ in range(2)
    )
    for principal in (revoked, other):
        assert (await call(harness, operation, principal, ids=ids, body=body)).status_code not in (401, 403)
    await _revoke(harness, revoked)
    refused = await call(harness, operation, revoked, ids=ids, body=body)
    assert (refused.status_code, refused.json()["code"]) == (401, "session_over"), refused.text
    assert (await call(harness, operation, other, ids=ids, body=body)).status_code != 401


async def _revoke(harness: ServiceHarness, principal: Member | PortalClient) -> None:
    """Let the service hear that the gateway revoked what the principal's tokens come from."""
    access_id = revocation_id(principal)
    revoked = AccessRevoked(access_id=access_id)
    await harness.deliver(incoming(revoked, principal.workspace_id, subject=access_id))
    assert harness.runtime.revocations is not None
    await harness.runtime.revocations.load(harness.uow)


async def check_forged_tokens(harness: ServiceHarness, path: str) -> None:
    """Every forged token is 401 and nothing more; the token that they were made from would be let in."""
    good = {"Authorization": f"Bearer {good_token(harness.signer.key)}"}
    assert (await harness.http.get(path, headers=good)).status_code == 200
    tokens = forged_tokens(harness.signer.key)
    assert len(tokens) >= 40
    for name, token in tokens.items():
        answer = await harness.http.get(path, headers={b"Authorization": f"Bearer {token}".encode("latin-1")})
        assert (answer.status_code, answer.headers.get("www-authenticate")) == (401, "Bearer"), f"{name}: {answer.text}"
        assert answer.json()["code"] == "invalid_token", name


async def check_foreign(
    harness: ServiceHarness,
    operation: Operation,
    stranger: Member | PortalClient,
    ids: Mapping[str, object],
    body: Mapping[str, Any] | None,
) -> None:
    """With the ids of another workspace a stranger gets what unknown ids get; lists are empty."""
    answer = await call(harness, operation, stranger, ids=ids, body=body)
    if operation.parameters or isinstance(stranger, PortalClient):
        unknown = await call(harness, operation, stranger, ids={name: new_id() for name in ids}, body=body)
        # Where requests are traced, each names its own trace.
        told, expected = ({**each.json(), "trace_id": None} for each in (answer, unknown))
        assert (answer.status_code, told) == (404, expected), f"{operation}: {answer.text}"
    elif operation.method == "GET":
        assert answer.status_code == 200, answer.text
        assert answer.json()["items"] == [], f"{operation} shows another workspace's rows"


async def check_foreign_references(
    harness: ServiceHarness,
    operation: Operation,
    stranger: Member,
    ids: Mapping[str, object],
    body: Mapping[str, Any],
) -> None:
    """A body that points at another workspace's things is refused with the field, as if they did not exist."""
    for name in operation.references:
        answer = await call(harness, operation, stranger, ids=ids, body={**body, name: str(ids[name])})
        assert answer.status_code == 422, f"{operation}: {name}: {answer.text}"
        assert answer.json()["errors"][0]["field"] == name


async def tables(harness: ServiceHarness) -> list[str]:
    """Return the tables of the service's schema, without Alembic's own."""
    async with _admin(harness) as admin:
        rows = await admin.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = $1 AND tablename <> 'alembic_version' ORDER BY 1",
            harness.runtime.service.name,
        )
    return [row["tablename"] for row in rows]


async def check_tables(
    harness: ServiceHarness, owner: Member, *, drained: frozenset[str] = frozenset({"outbox"})
) -> None:
    """Every table forces row-level security: rows of `owner` are seen, changed and deleted in its workspace alone.

    `owner`'s workspace must have a row in each table but the `drained` ones, or the check would prove nothing.
    """
    await _check_force(harness)
    if harness.runtime.revocations is not None:
        await _revoke(harness, harness.member(owner.workspace_id))
    await harness.runtime.relay.drain()
    for table in await tables(harness):
        async with harness.uow.begin(owner) as transaction:
            own = await transaction.session.scalar(text(f"SELECT count(*) FROM {table}"))
        assert own or table in drained | SYSTEM_TABLES or is_partition(table), (
            f"the sample workspace has no row in {table}"
        )
        async with harness.runtime.engine.connect() as connection:
            assert await connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0, f"{table} without a scope"
        for statement in (f"SELECT 1 FROM {table}", f"DELETE FROM {table} RETURNING 1"):
            assert not await _reaches(harness, statement), f"{statement} reaches another workspace"


async def _reaches(harness: ServiceHarness, statement: str) -> bool:
    """Tell whether somebody from another workspace gets a row; not being allowed to ask is as good as none."""
    try:
        async with harness.uow.begin(harness.member()) as transaction:
            return bool((await transaction.session.execute(text(statement))).all())
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != INSUFFICIENT_PRIVILEGE:
            raise
        return False


async def _check_force(harness: ServiceHarness) -> None:
    name = harness.runtime.service.name
    async with _admin(harness) as admin:
        open_tables = await admin.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p') "
            "AND relname <> 'alembic_version' AND NOT (relrowsecurity AND relforcerowsecurity)",
            name,
        )
        owned = await admin.fetchval(
            "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = $1)",
            f"{name}_app",
        )
    assert open_tables == [], f"without forced row-level security: {open_tables}"
    assert owned == 0, "the login role owns tables, so it could lift their row-level security"


async def check_history(admin_url: str, service: Service, metadata: MetaData) -> None:
    """Every revision keeps to the phase that it says, and this code fits each schema that it meets during a deploy.

    Published revisions are as they were frozen, and make what was frozen.
    """
    edited = frozen.violations(service.migrations)
    assert edited == [], "\n".join(edited)
    async with empty_database(admin_url, service.name) as database:
        wrong = await revisions.check_history(service.migrations, database.migrator_url, metadata)
    assert wrong == [], "\n".join(wrong)


async def check_models(harness: ServiceHarness, metadata: MetaData, *, leaving: frozenset[str] = frozenset()) -> None:
    """The tables and columns that the migrations make are the ones that the models describe.

    Constraints and indexes live in the migrations alone; the tables of the chassis have no models. `leaving` names
    tables and columns (`tasks.rank`) that the code no longer uses and the next release's contract revision drops.
    """

    def ours(item: Any, name: str | None, kind: str, *_: Any) -> bool:
        if kind == "column":
            return f"{item.table.name}.{name}" not in leaving
        unmapped = CHASSIS_TABLES | leaving
        return kind == "table" and name not in unmapped and not is_partition(name or "")

    def differences(connection: Connection) -> list[Any]:
        options = {"compare_type": True, "include_object": ours}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    engine = create_async_engine(harness.database.migrator_url, poolclass=NullPool)
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    assert found == [], found


@asynccontextmanager
async def failing_commits(harness: ServiceHarness, workspace_id: UUID) -> AsyncIterator[None]:
    """Let every COMMIT fail that announces something in this workspace; its statements succeed until then."""
    schema, name = harness.runtime.service.name, f"refuse_{workspace_id.hex}"
    async with _admin(harness) as admin:
        await admin.execute(
            f"CREATE FUNCTION {schema}.{name}() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'this commit fails'; END $$"
        )
        await admin.execute(
            f"CREATE CONSTRAINT TRIGGER {name} AFTER INSERT ON {schema}.outbox DEFERRABLE INITIALLY DEFERRED "
            f"FOR EACH ROW WHEN (NEW.workspace_id = '{workspace_id}') EXECUTE FUNCTION {schema}.{name}()"
        )
        try:
            yield
        finally:
            await admin.execute(f"DROP FUNCTION {schema}.{name}() CASCADE")


_recorded: ContextVar[list[str] | None] = ContextVar("recorded", default=None)


@contextmanager
def statements(harness: ServiceHarness) -> Iterator[list[str]]:
    """Collect the SQL that this task runs, requests to the service included; the outbox relay's is not among it."""

    def record(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if (recorded := _recorded.get()) is not None:
            recorded.append(statement)

    async def record_direct(session: AsyncSession, statement: str, rows: Sequence[Any]) -> None:
        record(None, None, statement)
        await execute_directly(session, statement, rows)

    seen: list[str] = []
    token = _recorded.set(seen)
    event.listen(harness.runtime.engine.sync_engine, "before_cursor_execute", record)
    try:
        with patch.object(uow, "execute_directly", record_direct):
            yield seen
    finally:
        event.remove(harness.runtime.engine.sync_engine, "before_cursor_execute", record)
        _recorded.reset(token)


@asynccontextmanager
async def _admin(harness: ServiceHarness) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(harness.database.admin_dsn, timeout=5)
    try:
        yield connection
    finally:
        await connection.close()
