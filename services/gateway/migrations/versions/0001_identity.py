"""Users, workspaces, memberships, sessions and refresh tokens; the tables that every service has."""

from alembic import op

from smartstack_chassis.migrations import create_messaging_tables, isolate

revision = "0001"
down_revision = None
phase = "expand"


def upgrade() -> None:
    """Create the tables and force row-level security on each."""
    create_messaging_tables()
    for statement in _TABLES.split(";\n")[:-1]:
        op.execute(statement)
    isolate("workspaces", column="id", system=True)
    # Signing in has an e-mail address or a cookie and no workspace yet: those reads name the system scope.
    isolate("memberships", system=True)
    isolate("sessions", system=True)
    isolate("refresh_tokens", system=True)
    _isolate_users()


def _isolate_users() -> None:
    """A user belongs to no workspace: colleagues may read, signing up may add, only the system scope does the rest."""
    op.execute("ALTER TABLE users ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE users FORCE ROW LEVEL SECURITY")
    system = "current_setting('app.scope', true) = 'system'"
    op.execute(f"CREATE POLICY system ON users USING ({system}) WITH CHECK ({system})")
    op.execute(
        "CREATE POLICY colleagues ON users FOR SELECT "
        "USING (EXISTS (SELECT FROM memberships WHERE memberships.user_id = users.id))"
    )
    op.execute("CREATE POLICY sign_up ON users FOR INSERT WITH CHECK (true)")


_TABLES = """
CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL CONSTRAINT uq_users_email UNIQUE,
    name text NOT NULL,
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE TABLE workspaces (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    timezone text NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE TABLE memberships (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    user_id uuid NOT NULL REFERENCES users (id),
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX ix_memberships_user_id ON memberships (user_id);
CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    user_id uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_reason text
);
CREATE INDEX ix_sessions_revoked_at ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX ix_sessions_expires_at ON sessions (expires_at);
CREATE TABLE refresh_tokens (
    digest bytea PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX ix_refresh_tokens_session_id ON refresh_tokens (session_id);
CREATE INDEX ix_refresh_tokens_expires_at ON refresh_tokens (expires_at);
"""
