"""Takes the password hashes out of what colleagues may read, and ends adding users beside signing up."""

from alembic import op

revision = "0009"
down_revision = "0008"
phase = "contract"


def upgrade() -> None:
    """Move the hashes that the release before wrote meanwhile; narrow the policy that it signs people up by."""
    for statement in _STATEMENTS:
        op.execute(statement)


_STATEMENTS = (
    "SELECT set_config('app.scope', 'system', true)",
    "INSERT INTO credentials (user_id, password_hash, updated_at) "
    "SELECT id, password_hash, updated_at FROM users WHERE password_hash IS NOT NULL ON CONFLICT DO NOTHING",
    "UPDATE users SET password_hash = NULL WHERE password_hash IS NOT NULL",
    "SELECT set_config('app.scope', '', true)",
    # Signing up makes a workspace that has no member yet. In any other one no user may be added.
    "ALTER POLICY sign_up ON users WITH CHECK (NOT EXISTS ("
    "SELECT FROM memberships WHERE workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid))",
)
