"""What the gateway revoked, for as long as access tokens of it may be good."""

from alembic import op

revision = "0003"
down_revision = "0002"
phase = "expand"


def upgrade() -> None:
    """Create the table and force row-level security on it. The sweep that reads it names the system scope."""
    for statement in _STATEMENTS:
        op.execute(statement)


_RULE = (
    "(workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid "
    "OR current_setting('app.scope', true) = 'system')"
)

_STATEMENTS = (
    "CREATE TABLE revocations (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, expires_at timestamptz NOT NULL)",
    "CREATE INDEX ix_revocations_expires_at ON revocations (expires_at)",
    "ALTER TABLE revocations ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE revocations FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY workspace ON revocations USING {_RULE} WITH CHECK {_RULE}",
)
