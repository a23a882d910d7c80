"""Sessions and share links that ended before their access tokens do.

Access tokens are good for ten minutes and are checked without the database. Each process keeps the ids of what was
revoked in that time and reads them again every few seconds, so replicas and roles learn of it without talking to one
another. The gateway reads its own tables. A service reads the table `revocations`, which the handler of
`access_revoked` fills.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from smartstack_chassis.auth.tokens import LEEWAY_SECONDS, LIFETIME_SECONDS, KeySource, Principal, TokenVerifier
from smartstack_chassis.core.actors import Member
from smartstack_chassis.core.errors import Unauthenticated, Unavailable
from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.events.uow import Transaction, UnitOfWork
from smartstack_contracts import Envelope
from smartstack_contracts.events.gateway import AccessRevoked

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 2.0
FIRST_LOAD_SECONDS = 2.0
# Clocks of two machines differ by less than the rest of this minute.
KEPT = timedelta(seconds=LIFETIME_SECONDS + LEEWAY_SECONDS + 55)

RevocationSource = Callable[[AsyncSession, datetime], Awaitable[Iterable[UUID]]]
"""Returns the ids of what was revoked at or after a time, in a transaction of the system scope."""

_STORE = text(
    "INSERT INTO revocations (id, workspace_id, expires_at) VALUES (:id, :workspace_id, :expires_at) "
    "ON CONFLICT DO NOTHING"
)
_PRUNE = text("DELETE FROM revocations WHERE expires_at <= now()")
_STORED = text("SELECT id FROM revocations WHERE expires_at > :until")


def store_revocations(handlers: EventHandlers) -> None:
    """Let a service keep what the gateway revokes; its schema has the table `revocations`."""

    @handlers.on(AccessRevoked)
    async def on_access_revoked(transaction: Transaction, event: Envelope[AccessRevoked]) -> None:
        """Refuse the tokens of this session or share link from the next sweep on."""
        row = {"id": event.data.access_id, "workspace_id": event.workspaceid, "expires_at": event.time + KEPT}
        await transaction.session.execute(_STORE, row)


async def stored_revocations(session: AsyncSession, since: datetime) -> Iterable[UUID]:
    """Return what `store_revocations` kept and whose tokens may still be good; remove what is over."""
    await session.execute(_PRUNE)
    return (await session.scalars(_STORED, {"until": since + KEPT})).all()


class Revocations:
    """The ids of what was revoked lately. `listeners` are called with each id that is new."""

    def __init__(self, source: RevocationSource) -> None:
        self._source = source
        self._until: dict[UUID, float] = {}
        self._loaded = False
        self.listeners: list[Callable[[UUID], None]] = []

    def add(self, ids: Iterable[UUID]) -> None:
        """Refuse tokens of these sessions or share links from now on."""
        now = time.monotonic()
        for revoked in ids:
            new = revoked not in self._until
            self._until[revoked] = now + KEPT.total_seconds()
            if new:
                for listener in self.listeners:
                    listener(revoked)

    def check(self, principal: Principal) -> None:
        """Raise Unauthenticated when what this token came from has ended, Unavailable while that is not known."""
        if not self._loaded:
            raise Unavailable("unavailable", "The service is starting; try again in a moment.")
        if revocation_id(principal) in self._until:
            raise Unauthenticated("session_over", "This session has ended; sign in or open the link again.")

    async def load(self, uow: UnitOfWork) -> None:
        """Read from the database what any process revoked. Raises what the database raises."""
        async with uow.system() as session:
            self.add(await self._source(session, datetime.now(UTC) - KEPT))
        self._loaded = True
        now = time.monotonic()
        for old in [revoked for revoked, until in self._until.items() if until < now]:
            del self._until[old]

    async def try_to_load(self, uow: UnitOfWork) -> None:
        """Load before the first request. Without a database the process still starts, and accepts no token yet."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(FIRST_LOAD_SECONDS):
                await self.load(uow)

    async def run(self, uow: UnitOfWork) -> None:
        """Load again and again until cancelled; what is known stays known while the database is down."""
        while True:
            try:
                await self.load(uow)
            except Exception as error:  # noqa: BLE001 - outlives any outage; the next sweep tries again
                logger.warning("could not read revocations: %r", error)
            await asyncio.sleep(SWEEP_SECONDS)


class RevocableVerifier(TokenVerifier):
    """Verifies tokens, and refuses those whose session or share link has ended."""

    def __init__(self, keys: KeySource, revocations: Revocations) -> None:
        super().__init__(keys)
        self._revocations = revocations

    async def verify(self, token: str) -> Principal:
        """Return the principal. Raises Unauthenticated for a bad or revoked token."""
        principal = await super().verify(token)
        self._revocations.check(principal)
        return principal


def revocation_id(principal: Principal) -> UUID:
    """Return what a token came from: the id of a session or of a share link."""
    return principal.session_id if isinstance(principal, Member) else principal.share_link_id
