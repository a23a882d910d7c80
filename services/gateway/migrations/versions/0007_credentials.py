"""Password hashes in a table of their own, and counters of failed attempts: both for the system scope alone."""

from alembic import op

revision = "0007"
down_revision = "0006"
phase = "expand"


def upgrade() -> None:
    """Create the tables and copy the hashes; code of the release before goes on using users.password_hash."""
    for statement in _STATEMENTS:
        op.execute(statement)


_SYSTEM = "current_setting('app.scope', true) = 'system'"
_STATEMENTS = (
    """
CREATE TABLE credentials (
    user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    password_hash text NOT NULL,
    updated_at timestamptz NOT NULL
)
""",
    """
CREATE TABLE throttles (
    key bytea PRIMARY KEY,
    level double precision NOT NULL,
    updated_at timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL
)
""",
    "CREATE INDEX ix_throttles_updated_at ON throttles (updated_at)",
    *(
        statement
        for table in ("credentials", "throttles")
        for statement in (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY system ON {table} USING ({_SYSTEM}) WITH CHECK ({_SYSTEM})",
        )
    ),
    "ALTER TABLE users ALTER COLUMN password_hash DROP NOT NULL",
    # The owner of a table is held to its policies too.
    "SELECT set_config('app.scope', 'system', true)",
    "INSERT INTO credentials (user_id, password_hash, updated_at) SELECT id, password_hash, updated_at FROM users",
    "SELECT set_config('app.scope', '', true)",
)
