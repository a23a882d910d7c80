"""What can be done with clients and conversations: one function per use case, and no other code writes."""

from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm.attributes import set_committed_value

from smartstack_chassis.core.errors import NotFound, PreconditionFailed
from smartstack_chassis.events.ordering import keep_newest
from smartstack_chassis.events.uow import Transaction
from smartstack_comms import domain, events, queries
from smartstack_comms.domain import ConversationStatus, Direction
from smartstack_comms.models import Client, Conversation, Message, Workspace
from smartstack_comms.schemas import ClientChanges, NewClient
from smartstack_contracts import new_id
from smartstack_contracts.values import Channel

# Read once the row is locked: the last message of a conversation is the last one that got hold of it.
_NOW = sa.func.clock_timestamp()


async def create_client(transaction: Transaction, new: NewClient) -> Client:
    """Add a client."""
    now = datetime.now(UTC)
    client = Client(
        id=new_id(),
        workspace_id=transaction.workspace_id,
        name=new.name,
        notes=new.notes,
        version=1,
        created_at=now,
        updated_at=now,
    )
    transaction.session.add(client)
    set_committed_value(client, "last_message_at", None)
    events.client_created(transaction, client)
    return client


async def update_client(transaction: Transaction, client_id: UUID, expected: int, changes: ClientChanges) -> Client:
    """Change a client that is at version `expected`; the same values again change nothing and keep the version.

    Raises NotFound, or PreconditionFailed when it is at another version.
    """
    client = await queries.get_client(transaction, client_id)
    if client.version != expected:
        raise PreconditionFailed.stale(client.version)
    after = replace(client.state, **changes.as_dict())
    if after == client.state:
        return client
    updated = await _update_client(transaction, client_id, expected, **asdict(after))
    events.client_updated(transaction, updated)
    return updated


async def receive_message(transaction: Transaction, client_id: UUID, body: str) -> Message:
    """Take what a client wrote into its chat, which its first message opens. Raises NotFound without such a client."""
    client_name = await queries.get_client_name(transaction, client_id)
    conversation = await _chat_with(transaction, client_id, body)
    message = _say(transaction, conversation, client_name, body)
    events.message_received(transaction, conversation, message)
    return message


async def send_message(transaction: Transaction, conversation_id: UUID, body: str) -> Message:
    """Write to the client of a conversation, in the workspace's name; a closed one opens again. Raises NotFound."""
    conversation, team = await _spoken_in(transaction, conversation_id, body)
    message = _say(transaction, conversation, team or domain.UNNAMED_TEAM, body)
    events.message_sent(transaction, conversation, message)
    return message


async def record_workspace(transaction: Transaction, name: str, sequence: int) -> None:
    """Keep the workspace's name as of version `sequence`; older news than what is kept is ignored."""
    await keep_newest(transaction, Workspace, sequence, name=name)


async def _update_client(transaction: Transaction, client_id: UUID, expected: int, **values: Any) -> Client:
    """Write a client that was just read at version `expected`; the version guards against whoever wrote since."""
    written = (
        sa.update(Client)
        .where(Client.id == client_id, Client.version == expected)
        .values(version=Client.version + 1, updated_at=datetime.now(UTC), **values)
        .returning(Client, queries.LAST_MESSAGE_AT)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    row = (await transaction.session.execute(written)).one_or_none()
    if row is None:
        raise PreconditionFailed.stale((await queries.get_client(transaction, client_id)).version)
    client, last_message_at = row
    set_committed_value(client, "last_message_at", last_message_at)
    return client


async def _chat_with(transaction: Transaction, client_id: UUID, body: str) -> Conversation:
    """Return the client's chat with its new last message. Two first messages at once make one conversation."""
    last = _last_message(Direction.INBOUND, body)
    row = insert(Conversation).values(
        id=new_id(),
        workspace_id=transaction.workspace_id,
        client_id=client_id,
        channel=Channel.CHAT,
        version=1,
        created_at=_NOW,
        **last,
    )
    spoken_in = row.on_conflict_do_update(
        index_elements=[Conversation.workspace_id, Conversation.client_id, Conversation.channel],
        set_={**last, "version": Conversation.version + 1},
    )
    return (await transaction.session.execute(spoken_in.returning(Conversation))).scalar_one()


async def _spoken_in(transaction: Transaction, conversation_id: UUID, body: str) -> tuple[Conversation, str | None]:
    """Return the conversation with its new last message, and the workspace's name where it is known."""
    own = Workspace.workspace_id == transaction.workspace_id
    team = sa.select(Workspace.name).where(own).scalar_subquery()
    spoken_in = (
        sa.update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(version=Conversation.version + 1, **_last_message(Direction.OUTBOUND, body))
        .returning(Conversation, team)
        .execution_options(synchronize_session=False)
    )
    row = (await transaction.session.execute(spoken_in)).one_or_none()
    if row is None:
        raise NotFound.of("conversation")
    return row[0], row[1]


def _last_message(direction: Direction, body: str) -> dict[str, Any]:
    return {
        "status": ConversationStatus.OPEN,
        "last_message_at": _NOW,
        "last_message_preview": domain.preview(body),
        "last_message_direction": direction,
        "updated_at": _NOW,
    }


def _say(transaction: Transaction, conversation: Conversation, author_name: str, body: str) -> Message:
    """Add the message. Its id is made while the conversation is locked, so that ids follow what was said."""
    message = Message(
        id=new_id(),
        workspace_id=transaction.workspace_id,
        conversation_id=conversation.id,
        client_id=conversation.client_id,
        direction=conversation.last_message_direction,
        author_name=author_name,
        auth_id=transaction.actor.auth_id,
        body=body,
        created_at=conversation.last_message_at,
    )
    transaction.session.add(message)
    return message
