"""A workspace is alone: each table and each operation, those added later included, against another workspace."""

# ruff: noqa: S101, S608 - made of assertions; table names come from the catalog of the test's own database

from dataclasses import replace
from typing import ClassVar

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from smartstack_chassis.auth.revocations import revocation_id
from smartstack_chassis.core.actors import Member, PortalClient
from smartstack_chassis.database.catalog import is_partition
from smartstack_chassis.jobs.job import set_job
from smartstack_chassis.testing.conformance.database import admin_connection, tables
from smartstack_chassis.testing.conformance.operations import (
    OpenSample,
    Operation,
    OperationsConformance,
    Sample,
    call,
    operations,
)
from smartstack_chassis.testing.forgeries import forged_tokens, good_token
from smartstack_chassis.testing.harness import ServiceHarness, event
from smartstack_contracts import new_id
from smartstack_contracts.events.gateway import AccessRevoked

# Of the service itself, not of a workspace: seen by the system scope alone.
SYSTEM_TABLES = frozenset({"registered_handlers"})
INSUFFICIENT_PRIVILEGE = "42501"


class TableConformance:
    """Each table forces row-level security: rows are seen, changed and deleted in their own workspace alone.

    The fixture `sample` has a row in each table but the `drained` ones, or the check would prove nothing.
    """

    drained: ClassVar[frozenset[str]] = frozenset({"outbox"})

    async def test_no_table_shows_or_gives_up_a_row_outside_its_workspace(self, sample: Sample) -> None:
        harness = sample.harness
        handlers = harness.runtime.service.handlers
        if handlers is not None and AccessRevoked.type() in handlers.types:
            await _revoke(harness, harness.member(sample.member.workspace_id))
        await harness.runtime.relay.drain()
        async with harness.uow.begin(sample.member) as transaction:
            await set_job(transaction, "of_a_later_release", "sample")
        for table in await tables(harness):
            async with harness.uow.begin(sample.member) as transaction:
                own = await transaction.session.scalar(text(f"SELECT count(*) FROM {table}"))
            empty = self.drained | SYSTEM_TABLES
            assert own or table in empty or is_partition(table), f"the sample workspace has no row in {table}"
            async with harness.runtime.engine.connect() as connection:
                assert await connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0, f"{table} without a scope"
            for statement in (f"SELECT 1 FROM {table}", f"DELETE FROM {table} RETURNING 1"):
                assert not await _reaches(harness, statement), f"{statement} reaches another workspace"

    async def test_row_level_security_is_forced_on_every_table(self, sample: Sample) -> None:
        async with admin_connection(sample.harness) as admin:
            unforced = await admin.fetch(
                "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p') "
                "AND relname <> 'alembic_version' AND NOT (relrowsecurity AND relforcerowsecurity)",
                sample.harness.runtime.service.name,
            )
        assert unforced == []

    async def test_the_login_role_owns_no_table_whose_security_it_could_lift(self, sample: Sample) -> None:
        async with admin_connection(sample.harness) as admin:
            owned = await admin.fetchval(
                "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = $1)",
                f"{sample.harness.runtime.service.name}_app",
            )
        assert owned == 0


class TokenConformance(OperationsConformance):
    """Each operation asks for the right kind of token before it looks anything up."""

    async def test_no_operation_answers_without_the_right_token(self, sample: Sample, operation: Operation) -> None:
        harness, ids, body = sample.harness, {name: new_id() for name in operation.parameters}, self.body(operation)
        member = harness.member()
        client = PortalClient(member.workspace_id, new_id(), new_id())
        other = client if operation.takes == "member" else member
        missing = await call(harness, operation, None, ids=ids, body=body)
        assert (missing.status_code, missing.headers.get("www-authenticate")) == (401, "Bearer"), missing.text
        forged = {"Authorization": harness.headers(other)["Authorization"] + "x"}
        assert (await call(harness, operation, None, ids=ids, body=body, headers=forged)).status_code == 401
        assert (await call(harness, operation, other, ids=ids, body=body)).status_code == 403

    async def test_no_operation_answers_a_session_or_share_link_that_was_revoked(
        self, sample: Sample, operation: Operation
    ) -> None:
        harness, ids, body = sample.harness, {name: new_id() for name in operation.parameters}, self.body(operation)
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

    async def test_no_forged_token_opens_anything(self, sample: Sample) -> None:
        """Every forged token is 401; the token that they were made from would be let in."""
        harness = sample.harness
        path = next(item.path for item in operations(self.service) if _is_plain_read(item))
        good = {"Authorization": f"Bearer {good_token(harness.signer.key)}"}
        assert (await harness.http.get(path, headers=good)).status_code == 200
        tokens = forged_tokens(harness.signer.key)
        assert len(tokens) >= 40
        for name, token in tokens.items():
            answer = await harness.http.get(path, headers={b"Authorization": f"Bearer {token}".encode("latin-1")})
            challenge = answer.headers.get("www-authenticate")
            assert (answer.status_code, challenge) == (401, "Bearer"), f"{name}: {answer.text}"
            assert answer.json()["code"] == "invalid_token", name


class ForeignConformance(OperationsConformance):
    """Ids of another workspace are unknown ids, wherever they are given."""

    async def test_foreign_ids_are_unknown_ids_and_lists_are_empty(self, sample: Sample, operation: Operation) -> None:
        stranger, body = sample.stranger(), self.body(operation)
        answer = await stranger.call(operation, body)
        if operation.parameters or operation.takes == "client":
            unknown = replace(stranger, ids={name: str(new_id()) for name in sample.ids})
            # Where requests are traced, each names its own trace.
            answers = answer, await unknown.call(operation, body)
            got, expected = ({**each.json(), "trace_id": None} for each in answers)
            assert (answer.status_code, got) == (404, expected), f"{operation}: {answer.text}"
        elif operation.method == "GET":
            assert answer.status_code == 200, answer.text
            assert answer.json()["items"] == [], f"{operation} shows another workspace's rows"

    async def test_a_body_cannot_point_into_another_workspace(self, sample: Sample, open_sample: OpenSample) -> None:
        own = await open_sample()
        for operation in operations(self.service):
            for name in operation.references:
                answer = await own.call(operation, {**(self.body(operation) or {}), name: sample.reference(name)})
                assert answer.status_code == 422, f"{operation}: {name}: {answer.text}"
                assert answer.json()["errors"][0]["field"] == name

    async def test_filters_find_nothing_of_another_workspace(self, sample: Sample, open_sample: OpenSample) -> None:
        own = await open_sample()
        headers = own.harness.headers(own.member)
        for operation in operations(self.service):
            for name in operation.filters:
                answer = await own.harness.http.get(operation.path, params={name: sample.ids[name]}, headers=headers)
                assert (answer.status_code, answer.json()["items"]) == (200, []), f"{operation}: {name}"


class TenancyConformance(TableConformance, TokenConformance, ForeignConformance):
    """All of it: tables, tokens, ids of another workspace."""


def _is_plain_read(operation: Operation) -> bool:
    return operation.method == "GET" and operation.takes == "member" and not operation.parameters


async def _reaches(harness: ServiceHarness, statement: str) -> bool:
    """Return whether a member of another workspace gets a row; a refused statement reaches none."""
    try:
        async with harness.uow.begin(harness.member()) as transaction:
            return bool((await transaction.session.execute(text(statement))).all())
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != INSUFFICIENT_PRIVILEGE:
            raise
        return False


async def _revoke(harness: ServiceHarness, principal: Member | PortalClient) -> None:
    """Let the service hear that the gateway revoked what the principal's tokens come from."""
    access_id = revocation_id(principal)
    revoked = AccessRevoked(access_id=access_id)
    await harness.deliver(event(revoked, principal.workspace_id, subject=access_id))
    assert harness.runtime.revocations is not None
    await harness.runtime.revocations.load(harness.uow)
