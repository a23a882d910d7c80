"""The HTTP edge of a service: who calls, in which transaction, with what precondition."""

import hashlib
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.responses import Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, TypeAdapter
from sqlalchemy import text

from smartstack_chassis import baggage
from smartstack_chassis.errors import Conflict, Forbidden, Invalid, PreconditionRequired, Unauthenticated, Unavailable
from smartstack_chassis.tenancy import Member, PortalClient
from smartstack_chassis.tokens import Principal
from smartstack_chassis.uow import Transaction, UnitOfWork

if TYPE_CHECKING:
    from smartstack_chassis.runtime import Runtime

R = TypeVar("R", bound=BaseModel)
Work = Callable[[Transaction], Awaitable[R]]


class Input(BaseModel):
    """Base of request bodies: unknown fields are refused, text is trimmed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def _storable(value: str) -> str:
    if "\x00" in value:
        raise ValueError("may not contain the NUL character")
    return value


Storable = AfterValidator(_storable)
"""Marks text that goes to Postgres, which cannot store U+0000."""


EARLIEST = datetime(1, 1, 1, 0, 0, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def _written_out(value: object) -> object:
    """Refuse a bare date and a number, which pydantic would take for midnight and for seconds since 1970."""
    if isinstance(value, datetime) or (isinstance(value, str) and "T" in value.upper()):
        return value
    raise ValueError("write date, time and offset, such as 2026-11-26T17:00:00Z")


def _to_utc(value: datetime) -> datetime:
    # The driver takes the very first and the very last moment of Python's calendar for infinity.
    try:
        moment = value.astimezone(UTC)
    except OverflowError:
        moment = datetime.max.replace(tzinfo=UTC)
    if not EARLIEST <= moment <= LATEST:
        raise ValueError("lies outside of the years 1 to 9999")
    return moment


Instant = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_to_utc)]
"""A moment as RFC 3339 text with its offset; in UTC once read, and always within what Postgres can hold."""


_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


def read_instant(text: str) -> datetime:
    """Return the moment that RFC 3339 text names, in UTC; raises ValueError when it names none."""
    return _INSTANT.validate_python(text)


def runtime_of(request: Request) -> "Runtime":
    """Return what the running process is made of."""
    runtime: Runtime = request.app.state.runtime
    return runtime


async def principal_of(request: Request) -> Principal:
    """Return who calls. Raises Unauthenticated without a valid bearer token (RFC 6750)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("invalid_token", "Send an access token: Authorization: Bearer <token>.")
    principal = await runtime_of(request).verifier.verify(token.strip())
    baggage.enter(principal.workspace_id)
    return principal


async def member_of(principal: Annotated[Principal, Depends(principal_of)]) -> Member:
    """Return the member who calls; raises Forbidden for a client's token."""
    if not isinstance(principal, Member):
        raise Forbidden("members_only", "A share link does not give access to this.")
    return principal


async def portal_client_of(principal: Annotated[Principal, Depends(principal_of)]) -> PortalClient:
    """Return the client who calls; raises Forbidden for a member's token."""
    if not isinstance(principal, PortalClient):
        raise Forbidden("clients_only", "Open this through a share link.")
    return principal


async def uow_of(request: Request) -> UnitOfWork:
    """Return the unit of work of this process."""
    return runtime_of(request).uow


CurrentMember = Annotated[Member, Depends(member_of)]
CurrentClient = Annotated[PortalClient, Depends(portal_client_of)]
Uow = Annotated[UnitOfWork, Depends(uow_of)]
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


# Checked here and not by FastAPI, so that the refusal has a code of its own; described as if FastAPI did.
_VERSION = r'^(W/)?("[0-9]{1,9}"|[0-9]{1,9})$'
IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=100, json_schema_extra={"pattern": _VERSION})]


def expected_version(if_match: IfMatch = None) -> int:
    """Return the version that If-Match names. Raises PreconditionRequired without it, Invalid when it is no version."""
    if if_match is None:
        raise PreconditionRequired("if_match_required", 'Send the version that you read: If-Match: "<version>".')
    version = if_match.strip()
    if not re.fullmatch(_VERSION, version):
        raise Invalid.field("If-Match", 'Send one version, such as "3".', "invalid_if_match")
    return int(version.removeprefix("W/").strip('"'))


ExpectedVersion = Annotated[int, Depends(expected_version)]


def reply(result: BaseModel, status: int = 200) -> Response:
    """Return the result as JSON, with its version as the ETag."""
    return _reply(result.model_dump_json(), status, getattr(result, "version", None))


def _reply(body: str, status: int, version: int | None) -> Response:
    headers = {} if version is None else {"ETag": f'"{version}"'}
    return Response(body, status, headers, "application/json")


# A key is claimed for today and tomorrow: whoever uses it again within a day meets one of the two rows, even when
# midnight lies between two requests at once. Postgres lets only one of them insert the day that both want.
_CLAIM_KEY = text(
    "WITH today AS ("
    "INSERT INTO idempotency_keys (day, workspace_id, auth_id, key, fingerprint) "
    "VALUES ((now() AT TIME ZONE 'UTC')::date, :workspace_id, :auth_id, :key, :fingerprint) "
    "ON CONFLICT DO NOTHING RETURNING *), "
    "tomorrow AS ("
    "INSERT INTO idempotency_keys (day, workspace_id, auth_id, key, fingerprint) "
    "SELECT day + 1, workspace_id, auth_id, key, fingerprint FROM today ON CONFLICT DO NOTHING RETURNING day) "
    "SELECT (SELECT count(*) FROM today) + (SELECT count(*) FROM tomorrow)"
)
_READ_KEY = text(
    "SELECT fingerprint, status, version, body FROM idempotency_keys "
    "WHERE day = (now() AT TIME ZONE 'UTC')::date AND auth_id = :auth_id AND key = :key"
)
_STORE_REPLY = text(
    "UPDATE idempotency_keys SET status = :status, version = :version, body = :body "
    "WHERE day BETWEEN (now() AT TIME ZONE 'UTC')::date AND (now() AT TIME ZONE 'UTC')::date + 1 "
    "AND auth_id = :auth_id AND key = :key"
)
_CLAIMED = 2


class CreateRunner:
    """Runs a command that makes something, at most once per Idempotency-Key, and answers after the commit."""

    def __init__(self, request: Request, uow: Uow, idempotency_key: IdempotencyKey = None) -> None:
        self._request = request
        self._uow = uow
        self._key = idempotency_key

    async def __call__(self, actor: Principal, work: Work[R], *, status: int = 201) -> Response:
        """Run `work` in a transaction and return its result with `status`.

        The same key with the same request gives the stored answer again, for a day at least and two at most; with
        another request it raises Conflict. The key is stored in the transaction of the command, so both exist or
        neither does.
        """
        if self._key is None:
            async with self._uow.begin(actor) as transaction:
                result = await work(transaction)
            return reply(result, status)
        return await self._run_once(actor, work, status, self._key)

    async def _run_once(self, actor: Principal, work: Work[R], status: int, key: str) -> Response:
        row: dict[str, UUID | str] = {
            "workspace_id": actor.workspace_id,
            "auth_id": actor.auth_id,
            "key": key,
            "fingerprint": await self._fingerprint(),
        }
        async with self._uow.begin(actor) as transaction:
            claimed = await transaction.session.scalar(_CLAIM_KEY, row)
            if not claimed:
                return await self._stored(transaction, row)
            if claimed < _CLAIMED:
                raise Unavailable("idempotency_key_in_use", "The same request was just answered; send it again.")
            result = await work(transaction)
            body, version = result.model_dump_json(), getattr(result, "version", None)
            await transaction.session.execute(
                _STORE_REPLY,
                {"status": status, "version": version, "body": body, "auth_id": actor.auth_id, "key": key},
            )
        return _reply(body, status, version)

    async def _stored(self, transaction: Transaction, row: dict[str, UUID | str]) -> Response:
        """Another request holds the key; the insert above waited until that one had committed."""
        stored = (await transaction.session.execute(_READ_KEY, row)).one()
        if stored.fingerprint != row["fingerprint"]:
            raise Conflict(
                "idempotency_key_reused", "This Idempotency-Key was used for another request; take a new one."
            )
        return _reply(stored.body, stored.status, stored.version)

    async def _fingerprint(self) -> str:
        request = self._request
        line = f"{request.method} {request.url.path}\n".encode()
        return hashlib.sha256(line + await request.body()).hexdigest()


Create = Annotated[CreateRunner, Depends()]
