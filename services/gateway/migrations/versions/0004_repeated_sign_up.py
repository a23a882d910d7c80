"""A sign-up whose answer got lost can be sent again."""

from alembic import op

revision = "0004"
down_revision = "0003"
phase = "expand"


def upgrade() -> None:
    """Remember of each account which request made it, if that request had a key."""
    op.execute("ALTER TABLE users ADD COLUMN sign_up_digest bytea")
