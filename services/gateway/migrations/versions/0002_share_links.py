"""Share links: what lets a client in."""

from alembic import op

from smartstack_chassis.migrations import isolate

revision = "0002"
down_revision = "0001"
phase = "expand"


def upgrade() -> None:
    """Create the table and force row-level security on it."""
    op.execute(_TABLE)
    op.execute("CREATE INDEX ix_share_links_client_id ON share_links (workspace_id, client_id, id DESC)")
    op.execute("CREATE INDEX ix_share_links_revoked_at ON share_links (revoked_at) WHERE revoked_at IS NOT NULL")
    # Whoever opens a link has its token and no workspace yet: that read names the system scope.
    isolate("share_links", system=True)


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
