"""A refresh whose answer got lost can be sent again from the same device."""

from alembic import op

revision = "0010"
down_revision = "0009"
phase = "expand"


def upgrade() -> None:
    """Remember of each used refresh token which device used it."""
    op.execute("ALTER TABLE refresh_tokens ADD COLUMN used_by bytea")
