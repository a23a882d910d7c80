"""Creating accounts, and checking their passwords."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from smartstack_chassis.core.actors import Member
from smartstack_chassis.events.uow import Transaction
from smartstack_gateway.identity import events
from smartstack_gateway.identity.domain import timezone_or_utc
from smartstack_gateway.identity.models import CredentialRow, MembershipRow, UserRow, WorkspaceRow
from smartstack_gateway.identity.queries import Account
from smartstack_gateway.identity.schemas import SignUp, User, Workspace

# A user and their credentials belong to no workspace: they are written in the system scope, in the same transaction.
_SCOPE = text("SELECT set_config('app.scope', :scope, true)")


async def create_account(
    transaction: Transaction, owner: Member, asked: SignUp, password_hash: str, request: bytes | None, now: datetime
) -> Account:
    """Create a user with a workspace that they own, under the ids of `owner`; `request` is the digest of the request.

    Raises IntegrityError of uq_users_email when the e-mail address is taken.
    """
    user = UserRow(
        id=owner.user_id,
        email=asked.email,
        name=asked.name,
        password_hash=None,
        sign_up_digest=request,
        created_at=now,
        updated_at=now,
    )
    workspace = WorkspaceRow(
        id=owner.workspace_id,
        name=asked.workspace_name,
        timezone=timezone_or_utc(asked.timezone),
        version=1,
        created_at=now,
        updated_at=now,
    )
    session = transaction.session
    # Each flush keeps to the order that the foreign keys ask for.
    await session.execute(_SCOPE, {"scope": "system"})
    session.add(user)
    await session.flush()
    session.add(CredentialRow(user_id=user.id, password_hash=password_hash, updated_at=now))
    await session.flush()
    await session.execute(_SCOPE, {"scope": "workspace"})
    session.add(workspace)
    await session.flush()
    session.add(MembershipRow(workspace_id=workspace.id, user_id=user.id, role=owner.role, created_at=now))
    await session.flush()
    events.workspace_created(transaction, workspace)
    return Account(
        User(id=user.id, email=user.email, name=user.name),
        Workspace(id=workspace.id, name=workspace.name, timezone=workspace.timezone),
        owner.role,
    )


async def renew_hash(session: AsyncSession, user_id: UUID, password_hash: str, now: datetime) -> None:
    """Store a password's hash as the present rules make it. Needs the system scope."""
    values = {"password_hash": password_hash, "updated_at": now}
    renewed = insert(CredentialRow).values(user_id=user_id, **values)
    await session.execute(renewed.on_conflict_do_update(index_elements=["user_id"], set_=values))
