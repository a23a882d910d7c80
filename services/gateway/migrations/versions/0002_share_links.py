"""Share links: what lets a client in."""

from alembic import op

revision = "0002"
down_revision = "0001"
phase = "expand"


def upgrade() -> None:
    """Create the table and force row-level security on it."""
    op.execute(_TABLE)
    op.execute("CREATE INDEX ix_share_links_client_id ON share_links (workspace_id, client_id, id DESC)")
    op.execute("CREATE INDEX ix_share_links_revoked_at ON share_links (revoked_at) WHERE revoked_at IS NOT NULL")
    # Whoever opens a link has its token and no workspace yet: that read names the system scope.
    _isolate("share_links", system=True)


def _isolate(table: str, *, system: bool = False) -> None:
    """A transaction sees and writes the rows of its own workspace alone, or all of them in the system scope."""
    own = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
    rule = f"({own} OR current_setting('app.scope', true) = 'system')" if system else own
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY workspace ON {table} USING ({rule}) WITH CHECK ({rule})")


_TABLE = """
CREATE TABLE share_links (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    client_id uuid NOT NULL,
    client_name text NOT NULL,
    client_version integer NOT NULL,
    digest bytea NOT NULL CONSTRAINT uq_share_links_digest UNIQUE,
    created_by uuid NOT NULL REFERENCES users (id),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    use_count integer NOT NULL,
    last_used_at timestamptz
)
"""
