"""A live event names the trace that it belongs to, so that the page which shows it continues that."""

from alembic import op

revision = "0005"
down_revision = "0004"
phase = "expand"


def upgrade() -> None:
    """Add the column; events written before, and by code that is still running, have none."""
    op.execute("ALTER TABLE live_events ADD COLUMN traceparent text")
