"""Labels, and the tasks that carry them."""

from alembic import op

revision = "0007"
down_revision = "0006"
phase = "expand"


def upgrade() -> None:
    """Create the tables; each shows a transaction its own workspace alone."""
    for statement in _STATEMENTS:
        op.execute(statement)


_OWN = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"

# One statement each: asyncpg prepares what it executes, and a prepared statement is a single one.
_STATEMENTS = (
    """
CREATE TABLE labels (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    name text NOT NULL,
    name_key text NOT NULL,
    color varchar(20) NOT NULL,
    deleted_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT uq_labels_workspace_id UNIQUE (workspace_id, id),
    CONSTRAINT ck_labels_name_length CHECK (char_length(name) BETWEEN 1 AND 50),
    CONSTRAINT ck_labels_color CHECK (
        color IN ('gray', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'pink')
    )
)
""",
    # A deleted label leaves its name to others.
    "CREATE UNIQUE INDEX uq_labels_name_key ON labels (workspace_id, name_key) WHERE deleted_at IS NULL",
    """
CREATE TABLE task_labels (
    task_id uuid NOT NULL,
    label_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    PRIMARY KEY (task_id, label_id),
    FOREIGN KEY (workspace_id, task_id) REFERENCES tasks (workspace_id, id),
    FOREIGN KEY (workspace_id, label_id) REFERENCES labels (workspace_id, id)
)
""",
    "CREATE INDEX ix_task_labels_label_id ON task_labels (workspace_id, label_id, task_id)",
    "ALTER TABLE labels ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE labels FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY workspace ON labels USING ({_OWN}) WITH CHECK ({_OWN})",
    "ALTER TABLE task_labels ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE task_labels FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY workspace ON task_labels USING ({_OWN}) WITH CHECK ({_OWN})",
)
