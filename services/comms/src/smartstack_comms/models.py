"""The tables of the comms service. Row-level security keeps each transaction within its workspace."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, query_expression

from smartstack_chassis.database.engine import COLUMN_TYPES, NAMING
from smartstack_comms.domain import ClientState, ConversationStatus, Direction
from smartstack_contracts.values import Channel


class Base(DeclarativeBase):
    """Base of this service's tables; metadata of its own, as two services may have a table of the same name."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = COLUMN_TYPES


class Workspace(Base):
    """A copy of the workspace's name: the author that a client sees."""

    __tablename__ = "workspaces"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    sequence: Mapped[int]


class Client(Base):
    """A paying account: a company or a person."""

    __tablename__ = "clients"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    name: Mapped[str]
    notes: Mapped[str]
    last_message_at: Mapped[datetime | None] = query_expression()
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def state(self) -> ClientState:
        """Return what people can change about it."""
        return ClientState(name=self.name, notes=self.notes)


class Conversation(Base):
    """A thread with a client: one per client and channel, opened by its first message."""

    __tablename__ = "conversations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    client_id: Mapped[UUID]
    client_name: Mapped[str] = query_expression()
    channel: Mapped[Channel]
    status: Mapped[ConversationStatus]
    last_message_at: Mapped[datetime]
    last_message_preview: Mapped[str]
    last_message_direction: Mapped[Direction]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Message(Base):
    """Something that was said; never changed. `auth_id` says who wrote, as events name actors."""

    __tablename__ = "messages"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    conversation_id: Mapped[UUID]
    client_id: Mapped[UUID]
    direction: Mapped[Direction]
    author_name: Mapped[str]
    auth_id: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime]
