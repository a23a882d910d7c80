"""Signing up, in and out, and keeping a session alive."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from smartstack_chassis.core.actors import Member, ServiceActor
from smartstack_chassis.core.errors import Conflict, Unauthenticated
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_contracts import new_id
from smartstack_gateway.identity import queries as accounts
from smartstack_gateway.identity.commands import create_account, renew_hash
from smartstack_gateway.identity.passwords import Passwords
from smartstack_gateway.identity.queries import Account
from smartstack_gateway.identity.schemas import SignUp
from smartstack_gateway.sessions import events
from smartstack_gateway.sessions.domain import SESSION_LIFETIME, Renewal, next_secret, refresh_expiry
from smartstack_gateway.sessions.models import RefreshTokenRow, SessionRow
from smartstack_gateway.sessions.schemas import LogIn
from smartstack_gateway.values import digest, new_secret


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A member with a session; `refresh_token` is to be shown to the browser once."""

    member: Member
    account: Account
    refresh_token: str
    refresh_expires_at: datetime


class RefreshReusedError(Unauthenticated):
    """A refresh token came a second time: `session_id` has been ended, since one of the two senders stole it."""

    def __init__(self, session_id: UUID) -> None:
        super().__init__("refresh_reused", "This session was ended because its cookie was used twice; sign in again.")
        self.session_id = session_id


async def sign_up(
    uow: UnitOfWork, passwords: Passwords, asked: SignUp, now: datetime, key: str | None = None
) -> SignedIn:
    """Create a user, a workspace and a session.

    The same request again with the same `key` (Idempotency-Key) signs in to what the first one made: tokens are not
    stored, so the session is another one. Raises Conflict when the e-mail address is taken otherwise.
    """
    request = None if key is None else digest(f"{key}\n{asked.model_dump_json(exclude={'password'})}")
    try:
        return await _sign_up(uow, asked, await passwords.hash(asked.password), request, now)
    except IntegrityError as error:
        if "uq_users_email" not in str(error.orig):
            raise
    if request is not None:
        async with uow.system() as session:
            made = await accounts.signed_up_with(session, asked.email, request)
        if made:
            return await log_in(uow, passwords, LogIn(email=asked.email, password=asked.password), now)
    raise Conflict("email_taken", "There is an account with this e-mail address already; log in.")


async def _sign_up(
    uow: UnitOfWork, asked: SignUp, password_hash: str, request: bytes | None, now: datetime
) -> SignedIn:
    member = Member(new_id(), new_id(), new_id(), "owner")
    async with uow.begin(member) as transaction:
        account = await create_account(transaction, member, asked, password_hash, request, now)
        token, expires_at = await _start_session(transaction.session, member, now)
    return SignedIn(member, account, token, expires_at)


async def log_in(uow: UnitOfWork, passwords: Passwords, asked: LogIn, now: datetime) -> SignedIn:
    """Start a session. Raises Unauthenticated, in the same time whether the address or the password is wrong."""
    async with uow.system() as session:
        stored = await accounts.credentials(session, asked.email)
    verdict = await passwords.check(asked.password, stored.password_hash if stored else None)
    if stored is None or not verdict.right:
        raise Unauthenticated("wrong_credentials", "The e-mail address or the password is wrong.")
    async with uow.system() as session:
        account = await accounts.first_account(session, stored.user_id)
        if account is None:
            raise Unauthenticated("no_workspace", "You don't belong to a workspace yet.")
        if verdict.rehashed is not None:
            await renew_hash(session, stored.user_id, verdict.rehashed, now)
        member = account.member(new_id())
        token, expires_at = await _start_session(session, member, now)
    return SignedIn(member, account, token, expires_at)


async def refresh(uow: UnitOfWork, renewal: Renewal, key: bytes) -> SignedIn:
    """Exchange a refresh token for the next one; `key` derives it.

    The same exchange again from the same device gets the same token for a short time, since an answer can get lost.
    Raises RefreshReusedError for any other second use (the whole session is ended then, and that is committed) and
    Unauthenticated when the token is unknown, expired or of a session that has ended.
    """
    async with uow.system() as session:
        outcome = await _rotate(session, renewal, key)
    if isinstance(outcome, SignedIn):
        return outcome
    if isinstance(outcome, SessionRow):
        await _end_session(uow, outcome, "reuse", renewal.now)
        raise RefreshReusedError(outcome.id)
    raise outcome


async def log_out(uow: UnitOfWork, secret: str, now: datetime) -> UUID | None:
    """End the session of this refresh token; returns its id, or None when there is none."""
    async with uow.system() as session:
        token = await session.get(RefreshTokenRow, digest(secret))
        if token is None:
            return None
        row = await session.get_one(SessionRow, token.session_id)
    await _end_session(uow, row, "logout", now)
    return row.id


async def _rotate(session: AsyncSession, renewal: Renewal, key: bytes) -> SignedIn | SessionRow | Unauthenticated:
    """Return the session when a used token is stolen, and an error instead of raising it.

    The caller ends that session in a transaction of its own, since an error would roll this one back.
    """
    token = await _use_up(session, renewal)
    if token is None:
        return await _repeat(session, renewal, key)
    row = await session.get_one(SessionRow, token.session_id)
    account = await accounts.account(session, row.user_id, row.workspace_id)
    if row.revoked_at is not None or min(row.expires_at, token.expires_at) <= renewal.now or account is None:
        return _session_over()
    secret = next_secret(key, renewal.secret)
    return SignedIn(account.member(row.id), account, secret, _add_token(session, row, secret, renewal.now))


async def _repeat(session: AsyncSession, renewal: Renewal, key: bytes) -> SignedIn | SessionRow | Unauthenticated:
    """Return the newest token that follows from one that was used just now; the session when it is stolen."""
    secret = renewal.secret
    token = await session.get(RefreshTokenRow, digest(secret))
    if token is None:
        return _session_over()
    row = await session.get_one(SessionRow, token.session_id)
    while token.used_at is not None:
        secret = next_secret(key, secret)
        following = await session.get(RefreshTokenRow, digest(secret))
        if following is None or not renewal.repeats(token.used_at, token.used_by):
            return row
        token = following
    account = await accounts.account(session, row.user_id, row.workspace_id)
    if row.revoked_at is not None or account is None:
        return _session_over()
    return SignedIn(account.member(row.id), account, secret, token.expires_at)


async def _use_up(session: AsyncSession, renewal: Renewal) -> RefreshTokenRow | None:
    """Mark a token as used and return it, or None when it is unknown or used.

    One statement: of many uses at the same time Postgres lets one through, and the others find it used.
    """
    return await session.scalar(
        update(RefreshTokenRow)
        .where(RefreshTokenRow.digest == digest(renewal.secret), RefreshTokenRow.used_at.is_(None))
        .values(used_at=renewal.now, used_by=renewal.device)
        .returning(RefreshTokenRow)
    )


async def _start_session(session: AsyncSession, member: Member, now: datetime) -> tuple[str, datetime]:
    row = SessionRow(
        id=member.session_id,
        workspace_id=member.workspace_id,
        user_id=member.user_id,
        created_at=now,
        expires_at=now + SESSION_LIFETIME,
    )
    session.add(row)
    await session.flush()
    secret = new_secret()
    return secret, _add_token(session, row, secret, now)


def _add_token(session: AsyncSession, row: SessionRow, secret: str, now: datetime) -> datetime:
    """Store the next token of a session; returns when it ends."""
    expires_at = refresh_expiry(now, row.expires_at)
    session.add(
        RefreshTokenRow(
            digest=digest(secret),
            workspace_id=row.workspace_id,
            session_id=row.id,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return expires_at


async def _end_session(uow: UnitOfWork, row: SessionRow, reason: str, now: datetime) -> None:
    """End a session and let every service know; ending it again changes nothing."""
    async with uow.begin(ServiceActor(row.workspace_id, f"user:{row.user_id}")) as transaction:
        ended = await transaction.session.scalar(
            update(SessionRow)
            .where(SessionRow.id == row.id, SessionRow.revoked_at.is_(None))
            .values(revoked_at=now, revoked_reason=reason)
            .returning(SessionRow.id)
        )
        if ended is not None:
            events.session_revoked(transaction, ended)


def _session_over() -> Unauthenticated:
    return Unauthenticated("session_over", "This session has ended; sign in again.")
