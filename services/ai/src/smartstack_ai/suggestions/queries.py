"""Reads suggestions."""

from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from smartstack_ai.context.queries import workspace_zone
from smartstack_ai.suggestions import models
from smartstack_ai.suggestions.domain import SuggestionStatus
from smartstack_ai.suggestions.schemas import Suggestion, SuggestionFields
from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.http.pagination import PageRequest


async def list_suggestions(
    transaction: Transaction,
    page: PageRequest,
    *,
    status: SuggestionStatus | None,
    client_id: UUID | None,
    conversation_id: UUID | None,
) -> tuple[list[Suggestion], str | None]:
    """Return one page of suggestions, newest first, and the cursor of the next."""
    table = models.Suggestion
    statement = select(table).order_by(table.id.desc()).limit(page.limit + 1)
    if status is not None:
        statement = statement.where(table.status == status)
    if client_id is not None:
        statement = statement.where(table.client_id == client_id)
    if conversation_id is not None:
        statement = statement.where(table.conversation_id == conversation_id)
    if after := page.after(UUID):
        statement = statement.where(table.id < after[0])
    rows = list((await transaction.session.scalars(statement)).all())
    kept, cursor = page.page(rows, lambda row: (row.id,))
    zone = await workspace_zone(transaction)
    return [as_schema(row, zone) for row in kept], cursor


def as_schema(row: models.Suggestion, zone: ZoneInfo) -> Suggestion:
    """Return the API's view of a row, its due date told in the workspace's zone."""
    due_at = row.due_at.astimezone(zone) if row.due_at else None
    columns = {name: getattr(row, name) for name in Suggestion.model_fields if name != "fields"}
    return Suggestion.model_validate(
        columns | {"fields": SuggestionFields(title=row.title, due_at=due_at, priority=row.priority)}
    )
