"""A few tables, enough to show what the chassis does."""

from alembic import op

from smartstack_chassis.migrations import create_messaging_tables, isolate
from smartstack_chassis.sequence import create_order_tables

revision = "0001"
down_revision = None
phase = "expand"


def upgrade() -> None:
    """Create the tables."""
    create_messaging_tables()
    op.execute("CREATE TABLE notes (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, title text NOT NULL)")
    isolate("notes")
    op.execute("CREATE TABLE copies (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, name text, sequence int)")
    isolate("copies")
    create_order_tables()
