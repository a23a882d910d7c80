"""Clients, conversations, messages, the copy of the workspace's name, and the messaging tables."""

import sqlalchemy as sa
from alembic import op

from smartstack_chassis.migrations import create_messaging_tables, isolate

revision = "0001"
down_revision = None
phase = "expand"


def upgrade() -> None:
    """Create the tables; every one of them shows a transaction its own workspace alone."""
    create_messaging_tables()
    _workspaces()
    _clients()
    _conversations()
    _messages()
    for table in ("workspaces", "clients", "conversations", "messages"):
        isolate(table)


def _workspaces() -> None:
    op.create_table(
        "workspaces",
        sa.Column("workspace_id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
    )


def _clients() -> None:
    op.create_table(
        "clients",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("workspace_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        *_resource_columns(),
        # What a foreign key of this workspace can point at: foreign keys look past row-level security.
        sa.UniqueConstraint("workspace_id", "id"),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 200", name="name_length"),
        sa.CheckConstraint("char_length(notes) <= 20000", name="notes_length"),
    )
    # No trigram index: LIKE is not leakproof, so row-level security lets it see only rows that already passed.
    op.execute("CREATE INDEX ix_clients_name ON clients (workspace_id, lower(name), id)")


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("workspace_id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("last_message_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_message_preview", sa.Text, nullable=False),
        sa.Column("last_message_direction", sa.String(20), nullable=False),
        *_resource_columns(),
        sa.UniqueConstraint("workspace_id", "id"),
        # Two first messages at once meet here.
        sa.UniqueConstraint("workspace_id", "client_id", "channel"),
        sa.ForeignKeyConstraint(["workspace_id", "client_id"], ["clients.workspace_id", "clients.id"]),
        sa.CheckConstraint("channel IN ('chat')", name="channel"),
        sa.CheckConstraint("status IN ('open', 'snoozed', 'closed')", name="status"),
        sa.CheckConstraint("last_message_direction IN ('inbound', 'outbound')", name="last_message_direction"),
    )
    op.execute("CREATE INDEX ix_conversations_activity ON conversations (workspace_id, last_message_at, id)")
    op.execute("CREATE INDEX ix_conversations_status ON conversations (workspace_id, status, last_message_at, id)")


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("workspace_id", sa.Uuid, nullable=False),
        sa.Column("conversation_id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("direction", sa.String(20), nullable=False),
        sa.Column("author_name", sa.Text, nullable=False),
        sa.Column("auth_id", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"], ["conversations.workspace_id", "conversations.id"]
        ),
        sa.CheckConstraint("char_length(body) BETWEEN 1 AND 20000", name="body_length"),
        sa.CheckConstraint("direction IN ('inbound', 'outbound')", name="direction"),
    )
    op.execute("CREATE INDEX ix_messages_conversation ON messages (workspace_id, conversation_id, id)")


def _resource_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]
