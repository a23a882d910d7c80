"""Where a fact about projects becomes public."""

from smartstack_chassis.events.uow import Transaction
from smartstack_contracts.events.tasks import ProjectCreated
from smartstack_tasks.projects.models import Project


def project_created(transaction: Transaction, project: Project) -> None:
    """Announce a new project."""
    data = ProjectCreated(project_id=project.id, project_name=project.name, client_id=project.client_id)
    transaction.emit(data, subject=project.id, sequence=project.version)
