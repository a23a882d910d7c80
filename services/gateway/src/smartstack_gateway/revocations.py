"""Sessions and share links that ended before their access tokens do.

Access tokens are good for ten minutes and are checked without the database; this set is what ends them at once here,
and within a sweep at the gateway's other processes.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from smartstack_chassis.errors import Unauthenticated, Unavailable
from smartstack_chassis.tenancy import Member
from smartstack_chassis.tokens import LIFETIME_SECONDS, KeySource, Principal, TokenVerifier
from smartstack_chassis.uow import UnitOfWork
from smartstack_gateway import queries

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 2.0
KEPT = timedelta(seconds=LIFETIME_SECONDS + 60)


class Revocations:
    """The ids of what was revoked lately. `listeners` are called with each id that is new."""

    def __init__(self) -> None:
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
            raise Unavailable("unavailable", "The gateway is starting; try again in a moment.")
        if origin(principal) in self._until:
            raise Unauthenticated("session_over", "This session is over; sign in or open the link again.")

    async def load(self, uow: UnitOfWork) -> None:
        """Read from the database what any process revoked. Raises what the database raises."""
        async with uow.system() as session:
            self.add(await queries.revoked_since(session, datetime.now(UTC) - KEPT))
        self._loaded = True
        now = time.monotonic()
        for old in [revoked for revoked, until in self._until.items() if until < now]:
            del self._until[old]

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


def origin(principal: Principal) -> UUID:
    """Return what a token came from: the id of a session or of a share link."""
    return principal.session_id if isinstance(principal, Member) else principal.share_link_id
