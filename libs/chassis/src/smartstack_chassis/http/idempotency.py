"""Commands that make something run at most once per Idempotency-Key."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar, TypeVarTuple
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlalchemy import text

from smartstack_chassis.auth.tokens import Principal
from smartstack_chassis.core.errors import Conflict, Unavailable
from smartstack_chassis.events.uow import Transaction, UnitOfWork
from smartstack_chassis.http.dependencies import Uow

R = TypeVar("R", bound=BaseModel)
Arguments = TypeVarTuple("Arguments")
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


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


class Idempotent:
    """Runs a command at most once per Idempotency-Key, and answers after the commit."""

    def __init__(self, request: Request, uow: UnitOfWork, idempotency_key: str | None) -> None:
        self._request = request
        self._uow = uow
        self._key = idempotency_key

    async def run(
        self,
        actor: Principal,
        command: Callable[[Transaction, *Arguments], Awaitable[object]],
        *arguments: *Arguments,
        respond: type[R],
        status: int = 201,
    ) -> Response:
        """Run `command` in a transaction and return its result as `respond`, with `status`.

        The same key with the same request gives the stored answer again, for a day at least and two at most; with
        another request it raises Conflict. The key is stored in the transaction of the command, so both exist or
        neither does.
        """
        if self._key is None:
            async with self._uow.begin(actor) as transaction:
                result = respond.model_validate(await command(transaction, *arguments))
            return reply(result, status)
        row: dict[str, UUID | str] = {
            "workspace_id": actor.workspace_id,
            "auth_id": actor.auth_id,
            "key": self._key,
            "fingerprint": await self._fingerprint(),
        }
        async with self._uow.begin(actor) as transaction:
            if (stored := await self._claim(transaction, row)) is not None:
                return stored
            result = respond.model_validate(await command(transaction, *arguments))
            body, version = result.model_dump_json(), getattr(result, "version", None)
            await transaction.session.execute(
                _STORE_REPLY,
                {"status": status, "version": version, "body": body, "auth_id": actor.auth_id, "key": self._key},
            )
        return _reply(body, status, version)

    async def _claim(self, transaction: Transaction, row: dict[str, UUID | str]) -> Response | None:
        """Take the key for this request; return the answer that is stored under it when it was taken before."""
        claimed = await transaction.session.scalar(_CLAIM_KEY, row)
        if not claimed:
            return await self._stored(transaction, row)
        if claimed < _CLAIMED:
            raise Unavailable(
                "idempotency_key_in_use", "A request with this Idempotency-Key is still completing; retry."
            )
        return None

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


async def idempotent_of(request: Request, uow: Uow, idempotency_key: IdempotencyKey = None) -> Idempotent:
    """Return what runs the command of a request."""
    return Idempotent(request, uow, idempotency_key)


OncePerKey = Annotated[Idempotent, Depends(idempotent_of)]
