"""The use cases of projects: one function each, and no other code writes projects."""

from datetime import UTC, datetime

from sqlalchemy.orm.attributes import set_committed_value

from smartstack_chassis.events.uow import Transaction
from smartstack_contracts import new_id
from smartstack_tasks.clients.queries import require_client_name
from smartstack_tasks.projects import events
from smartstack_tasks.projects.models import Project
from smartstack_tasks.projects.schemas import NewProject


async def create_project(transaction: Transaction, new: NewProject) -> Project:
    """Create a project. Raises Invalid when the client is unknown."""
    client_name = await require_client_name(transaction, new.client_id)
    now = datetime.now(UTC)
    project = Project(
        id=new_id(),
        workspace_id=transaction.workspace_id,
        name=new.name,
        client_id=new.client_id,
        version=1,
        created_at=now,
        updated_at=now,
    )
    transaction.session.add(project)
    set_committed_value(project, "client_name", client_name)
    events.project_created(transaction, project)
    return project
