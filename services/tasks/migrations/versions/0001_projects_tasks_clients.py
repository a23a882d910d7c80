"""Projects, tasks, the copy of client names, and the messaging tables."""

import sqlalchemy as sa
from alembic import op

from smartstack_chassis.migrations import create_messaging_tables, isolate

revision = "0001"
down_revision = None
phase = "expand"


def upgrade() -> None:
    """Create the tables; every one of them shows a transaction its own workspace alone."""
    create_messaging_tables()
    _clients()
    _projects()
    _tasks()
    for table in ("clients", "projects", "tasks"):
        isolate(table)


def _clients() -> None:
    op.create_table(
        "clients",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("workspace_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
    )


def _projects() -> None:
    op.create_table(
        "projects",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("workspace_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("client_id", sa.Uuid),
        *_resource_columns(),
        # What a foreign key of this workspace can point at: foreign keys look past row-level security.
        sa.UniqueConstraint("workspace_id", "id"),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 200", name="name_length"),
    )
    op.execute("CREATE INDEX ix_projects_name ON projects (workspace_id, lower(name), id)")


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("workspace_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("priority", sa.String(20), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        # No foreign key: a suggestion can be accepted before the copy of its client arrives.
        sa.Column("client_id", sa.Uuid),
        sa.Column("project_id", sa.Uuid),
        sa.Column("source_suggestion_id", sa.Uuid),
        sa.Column("source_conversation_id", sa.Uuid),
        sa.Column("source_message_id", sa.Uuid),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        *_resource_columns(),
        sa.ForeignKeyConstraint(["workspace_id", "project_id"], ["projects.workspace_id", "projects.id"]),
        sa.CheckConstraint("char_length(title) BETWEEN 1 AND 500", name="title_length"),
        sa.CheckConstraint("char_length(description) <= 20000", name="description_length"),
        sa.CheckConstraint("status IN ('open', 'completed')", name="status"),
        sa.CheckConstraint("priority IN ('low', 'normal', 'high', 'urgent')", name="priority"),
        sa.CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name="completed_at_follows_status"),
        sa.CheckConstraint(
            "num_nulls(source_suggestion_id, source_conversation_id, source_message_id) IN (0, 3)", name="whole_source"
        ),
    )
    due_first = "coalesce(due_at, 'infinity'::timestamptz), id DESC"
    for name, columns in (
        ("due", ""),
        ("status_due", "status, "),
        ("client_due", "client_id, "),
        ("project_due", "project_id, "),
    ):
        op.execute(
            f"CREATE INDEX ix_tasks_{name} ON tasks (workspace_id, {columns}{due_first}) WHERE deleted_at IS NULL"
        )


def _resource_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]
