"""Jobs: work that is due at a time, set in the transaction of a command and removed in that of its effect."""

from alembic import op

revision = "0006"
down_revision = "0005"
phase = "expand"


def upgrade() -> None:
    """Create the table and force row-level security on it. The claimer names the system scope."""
    for statement in _STATEMENTS:
        op.execute(statement)


_RULE = (
    "(workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid "
    "OR current_setting('app.scope', true) = 'system')"
)

_STATEMENTS = (
    # A recurring job has no workspace: it belongs to the service itself.
    """
CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    workspace_id uuid,
    kind varchar(100) NOT NULL,
    subject text NOT NULL,
    due_at timestamptz NOT NULL,
    payload jsonb NOT NULL DEFAULT '{}',
    auth_id text NOT NULL,
    correlation_id uuid,
    traceparent text,
    attempts integer NOT NULL DEFAULT 0,
    leased_until timestamptz,
    parked_at timestamptz,
    reason text,
    progress jsonb,
    finished_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
)
""",
    "CREATE UNIQUE INDEX uq_jobs_kind_subject ON jobs (kind, subject, workspace_id) NULLS NOT DISTINCT",
    "CREATE INDEX ix_jobs_due_at ON jobs (due_at) WHERE parked_at IS NULL AND finished_at IS NULL",
    "ALTER TABLE jobs ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE jobs FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY workspace ON jobs USING {_RULE} WITH CHECK {_RULE}",
)
