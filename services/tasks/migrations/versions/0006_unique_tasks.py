"""What a foreign key of this workspace can point at: foreign keys look past row-level security."""

from smartstack_chassis.database.migrations import create_index

revision = "0006"
down_revision = "0005"
phase = "expand"


def upgrade() -> None:
    """Build the index that the labels of tasks point at."""
    create_index("uq_tasks_workspace_id", "tasks (workspace_id, id)", unique=True)
