"""Suggestions, and the copy of each workspace's time zone."""

from alembic import op

from smartstack_chassis.migrations import create_messaging_tables, isolate

revision = "0001"
down_revision = None
phase = "expand"


def upgrade() -> None:
    """Create the first tables."""
    create_messaging_tables()
    for statement in _TABLES:
        op.execute(statement)
    isolate("workspaces")
    isolate("waiting_messages")
    isolate("suggestions")


# One statement each: asyncpg prepares what it executes, and a prepared statement is a single one.
_TABLES = (
    """
CREATE TABLE workspaces (
    workspace_id uuid PRIMARY KEY,
    timezone text NOT NULL
)
""",
    """
CREATE TABLE waiting_messages (
    message_id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    event jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
)
""",
    """
CREATE TABLE suggestions (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    client_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    message_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('task', 'commitment')),
    status text NOT NULL CHECK (status IN ('pending', 'accepted', 'dismissed')),
    needs_review boolean NOT NULL,
    title text NOT NULL,
    due_at timestamptz,
    priority text NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    evidence jsonb NOT NULL,
    engine text NOT NULL,
    engine_version text NOT NULL,
    confidence double precision NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    task_id uuid,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((status = 'accepted') = (task_id IS NOT NULL))
)
""",
    "CREATE INDEX ix_suggestions_workspace_id_status_id ON suggestions (workspace_id, status, id DESC)",
    "CREATE INDEX ix_suggestions_conversation_id_id ON suggestions (conversation_id, id DESC)",
)
