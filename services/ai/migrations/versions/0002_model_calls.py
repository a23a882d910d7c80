"""The ledger of model calls, and why an offline suggestion is one."""

from alembic import op

revision = "0002"
down_revision = "0001"
phase = "expand"


def upgrade() -> None:
    """Create the ledger; suggestions point at the call that they come from."""
    for statement in _STATEMENTS:
        op.execute(statement)
    _isolate("model_calls")


def _isolate(table: str) -> None:
    """A transaction sees and writes the rows of its own workspace alone."""
    rule = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY workspace ON {table} USING ({rule}) WITH CHECK ({rule})")


_STATEMENTS = (
    """
CREATE TABLE model_calls (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    message_id uuid NOT NULL,
    engine text NOT NULL,
    model text NOT NULL,
    prompt_version text NOT NULL,
    input_tokens integer NOT NULL CHECK (input_tokens >= 0),
    output_tokens integer NOT NULL CHECK (output_tokens >= 0),
    cost_usd numeric(12, 6) CHECK (cost_usd >= 0),
    latency_ms integer NOT NULL CHECK (latency_ms >= 0),
    outcome text NOT NULL,
    trace_id text,
    created_at timestamptz NOT NULL DEFAULT now()
)
""",
    "CREATE INDEX ix_model_calls_workspace_id_id ON model_calls (workspace_id, id DESC)",
    "ALTER TABLE suggestions ADD COLUMN fallback_reason text, ADD COLUMN model_call_id uuid",
)
