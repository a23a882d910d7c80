"""Signing up, in and out, and keeping a session alive."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from smartstack_chassis.core.actors import Member, ServiceActor
from smartstack_chassis.core.errors import Conflict, Unauthenticated
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_contracts import new_id
from smartstack_gateway import events
from smartstack_gateway.domain import SESSION_LIFETIME, digest, new_secret, refresh_expiry
from smartstack_gateway.models import (
    CredentialRow,
    MembershipRow,
    RefreshTokenRow,
    SessionRow,
    UserRow,
    WorkspaceRow,
)
from smartstack_gateway.passwords import Passwords, Verdict
from smartstack_gateway.schemas import LogIn, SignUp, User, Workspace

# A user and their credentials belong to no workspace: they are written in the system scope, in the same transaction.
_SCOPE = text("SELECT set_config('app.scope', :scope, true)")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A member with a session; `refresh_token` is to be shown to the browser once."""

    member: Member
    user: User
    workspace: Workspace
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
        return await _create_account(uow, asked, await passwords.hash(asked.password), request, now)
    except IntegrityError as error:
        if "uq_users_email" not in str(error.orig):
            raise
    if request is not None:
        async with uow.system() as session:
            made = await session.scalar(
                select(UserRow.id).where(UserRow.email == asked.email, UserRow.sign_up_digest == request)
            )
        if made is not None:
            return await log_in(uow, passwords, LogIn(email=asked.email, password=asked.password), now)
    raise Conflict("email_taken", "There is an account with this e-mail address already; log in.")


async def _create_account(
    uow: UnitOfWork, asked: SignUp, password_hash: str, request: bytes | None, now: datetime
) -> SignedIn:
    user = UserRow(
        id=new_id(),
        email=asked.email,
        name=asked.name,
        password_hash=None,
        sign_up_digest=request,
        created_at=now,
        updated_at=now,
    )
    workspace = WorkspaceRow(
        id=new_id(), name=asked.workspace_name, timezone=asked.timezone, version=1, created_at=now, updated_at=now
    )
    member = Member(workspace.id, user.id, new_id(), "owner")
    async with uow.begin(member) as transaction:
        # Each flush keeps to the order that the foreign keys ask for.
        await transaction.session.execute(_SCOPE, {"scope": "system"})
        transaction.session.add(user)
        await transaction.session.flush()
        transaction.session.add(CredentialRow(user_id=user.id, password_hash=password_hash, updated_at=now))
        await transaction.session.flush()
        await transaction.session.execute(_SCOPE, {"scope": "workspace"})
        transaction.session.add(workspace)
        await transaction.session.flush()
        transaction.session.add(MembershipRow(workspace_id=workspace.id, user_id=user.id, role="owner", created_at=now))
        token, expires_at = await _start_session(transaction.session, member, now)
        events.workspace_created(transaction, workspace)
    return SignedIn(member, _user(user), _workspace(workspace), token, expires_at)


async def log_in(uow: UnitOfWork, passwords: Passwords, asked: LogIn, now: datetime) -> SignedIn:
    """Start a session. Raises Unauthenticated, in the same time whether the address or the password is wrong."""
    async with uow.system() as session:
        user, stored = await _credentials(session, asked.email)
    verdict = await passwords.check(asked.password, stored)
    if user is None or not verdict.right:
        raise Unauthenticated("wrong_credentials", "The e-mail address or the password is wrong.")
    async with uow.system() as session:
        membership = (
            await session.scalars(
                select(MembershipRow).where(MembershipRow.user_id == user.id).order_by(MembershipRow.created_at)
            )
        ).first()
        if membership is None:
            raise Unauthenticated("no_workspace", "You are no member of any workspace.")
        member = Member(membership.workspace_id, user.id, new_id(), membership.role)  # type: ignore[arg-type]
        workspace = await session.get_one(WorkspaceRow, membership.workspace_id)
        await _renew_hash(session, user, verdict, now)
        token, expires_at = await _start_session(session, member, now)
    return SignedIn(member, _user(user), _workspace(workspace), token, expires_at)


async def _credentials(session: AsyncSession, email: str) -> tuple[UserRow | None, str | None]:
    """Return who has this address, and their hash: it stands with the user when the release before signed them up."""
    stored = func.coalesce(CredentialRow.password_hash, UserRow.password_hash)
    joined = select(UserRow, stored).outerjoin(CredentialRow, CredentialRow.user_id == UserRow.id)
    found = (await session.execute(joined.where(UserRow.email == email))).first()
    return (None, None) if found is None else (found[0], found[1])


async def _renew_hash(session: AsyncSession, user: UserRow, verdict: Verdict, now: datetime) -> None:
    if verdict.rehashed is not None:
        values = {"password_hash": verdict.rehashed, "updated_at": now}
        renewed = insert(CredentialRow).values(user_id=user.id, **values)
        await session.execute(renewed.on_conflict_do_update(index_elements=["user_id"], set_=values))


async def refresh(uow: UnitOfWork, secret: str, now: datetime) -> SignedIn:
    """Exchange a refresh token for the next one.

    Raises RefreshReusedError when it was exchanged before (the whole session is ended then, and that is committed) and
    Unauthenticated when it is unknown, expired or of a session that has ended.
    """
    async with uow.system() as session:
        outcome = await _rotate(session, secret, now)
    if isinstance(outcome, SignedIn):
        return outcome
    if isinstance(outcome, SessionRow):
        await _end_session(uow, outcome, "reuse", now)
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


async def _rotate(session: AsyncSession, secret: str, now: datetime) -> SignedIn | SessionRow | Unauthenticated:
    """Return the session when the token was used before, and an error instead of raising it.

    The caller ends that session in a transaction of its own, since an error would roll this one back.
    """
    token = await _use_up(session, digest(secret), now)
    if token is None:
        used = await session.get(RefreshTokenRow, digest(secret))
        if used is None:
            return _session_over()
        return await session.get_one(SessionRow, used.session_id)
    row = await session.get_one(SessionRow, token.session_id)
    membership = await session.get(MembershipRow, (row.workspace_id, row.user_id))
    if row.revoked_at is not None or min(row.expires_at, token.expires_at) <= now or membership is None:
        return _session_over()
    member = Member(row.workspace_id, row.user_id, row.id, membership.role)  # type: ignore[arg-type]
    next_secret, expires_at = _add_token(session, member, row, now)
    user = await session.get_one(UserRow, row.user_id)
    workspace = await session.get_one(WorkspaceRow, row.workspace_id)
    return SignedIn(member, _user(user), _workspace(workspace), next_secret, expires_at)


async def _use_up(session: AsyncSession, token: bytes, now: datetime) -> RefreshTokenRow | None:
    """Mark a token as used and return it, or None when there is no unused one.

    One statement: of many uses at the same time Postgres lets one through, and the others find it used.
    """
    return await session.scalar(
        update(RefreshTokenRow)
        .where(RefreshTokenRow.digest == token, RefreshTokenRow.used_at.is_(None))
        .values(used_at=now)
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
    return _add_token(session, member, row, now)


def _add_token(session: AsyncSession, member: Member, row: SessionRow, now: datetime) -> tuple[str, datetime]:
    secret, expires_at = new_secret(), refresh_expiry(now, row.expires_at)
    session.add(
        RefreshTokenRow(
            digest=digest(secret),
            workspace_id=member.workspace_id,
            session_id=row.id,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return secret, expires_at


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
    return Unauthenticated("session_over", "This session is over; sign in again.")


def _user(row: UserRow) -> User:
    return User(id=row.id, email=row.email, name=row.name)


def _workspace(row: WorkspaceRow) -> Workspace:
    return Workspace(id=row.id, name=row.name, timezone=row.timezone)
