"""Live events: what happened in a workspace lately, for open pages to hear of."""

from alembic import op

revision = "0003"
down_revision = "0002"
phase = "expand"


def upgrade() -> None:
    """Create the table and force row-level security on it."""
    op.execute(_TABLE)
    op.execute("CREATE INDEX ix_live_events_workspace_id ON live_events (workspace_id, id)")
    op.execute("CREATE INDEX ix_live_events_txid ON live_events (txid)")
    op.execute("CREATE INDEX ix_live_events_written_at ON live_events (written_at)")
    # One reader per process feeds the streams of all workspaces: it names the system scope.
    _isolate("live_events", system=True)


def _isolate(table: str, *, system: bool = False) -> None:
    """A transaction sees and writes the rows of its own workspace alone, or all of them in the system scope."""
    own = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
    rule = f"({own} OR current_setting('app.scope', true) = 'system')" if system else own
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY workspace ON {table} USING ({rule}) WITH CHECK ({rule})")


# Ids are given out before transactions commit, so a smaller id can show up later. `txid` and `horizon` (the oldest
# transaction still running when the row was written) let a reader find exactly what it may have missed.
_TABLE = """
CREATE TABLE live_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id uuid NOT NULL,
    type text NOT NULL,
    subject uuid NOT NULL,
    time timestamptz NOT NULL,
    data jsonb NOT NULL,
    txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    horizon xid8 NOT NULL DEFAULT pg_snapshot_xmin(pg_current_snapshot()),
    written_at timestamptz NOT NULL DEFAULT now()
)
"""
