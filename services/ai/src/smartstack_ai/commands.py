"""The only writer of the ai service: one function per use case."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from smartstack_ai import events
from smartstack_ai.domain import Decision, SuggestionStatus, decide
from smartstack_ai.engines.port import Engine, Proposal, SourceText
from smartstack_ai.models import Suggestion, Workspace
from smartstack_ai.schemas import EditedFields
from smartstack_chassis.errors import Invalid, NotFound, Unavailable
from smartstack_chassis.uow import Transaction
from smartstack_contracts import new_id
from smartstack_contracts.events.comms import MessageReceived, MessageSent
from smartstack_contracts.values import Priority, SuggestionKind


async def remember_workspace(transaction: Transaction, timezone: str) -> None:
    """Keep the workspace's zone; the last one told wins."""
    row = {"workspace_id": transaction.workspace_id, "timezone": timezone}
    statement = insert(Workspace).values(row)
    await transaction.session.execute(
        statement.on_conflict_do_update(index_elements=["workspace_id"], set_={"timezone": timezone})
    )


async def suggest(transaction: Transaction, engine: Engine, message: MessageReceived | MessageSent) -> None:
    """Read one message and store what the engine proposes.

    Raises Unavailable (to be tried again) while the workspace is not known here yet: its zone decides every date.
    """
    workspace = await transaction.session.get(Workspace, transaction.workspace_id)
    if workspace is None:
        raise Unavailable("workspace_unknown", "The workspace is not known here yet.")
    source = SourceText(
        text=message.body,
        at=message.created_at,
        zone=ZoneInfo(workspace.timezone),
        direction="inbound" if isinstance(message, MessageReceived) else "outbound",
    )
    for proposal in await engine.suggest(source):
        suggestion = _suggestion(transaction, engine, message, proposal)
        transaction.session.add(suggestion)
        events.suggestion_created(transaction, suggestion)


def _suggestion(
    transaction: Transaction, engine: Engine, message: MessageReceived | MessageSent, proposal: Proposal
) -> Suggestion:
    return Suggestion(
        id=new_id(),
        workspace_id=transaction.workspace_id,
        client_id=message.client_id,
        conversation_id=message.conversation_id,
        message_id=message.message_id,
        kind=SuggestionKind(proposal.kind),
        status=SuggestionStatus.PENDING,
        needs_review=proposal.needs_review,
        title=proposal.title,
        due_at=proposal.due_at,
        priority=Priority(proposal.priority),
        evidence=[
            {"message_id": str(message.message_id), "quote": item.quote, "start": item.start, "end": item.end}
            for item in proposal.evidence
        ],
        engine=engine.name,
        engine_version=engine.version,
        confidence=proposal.confidence,
        version=1,
    )


async def accept_suggestion(transaction: Transaction, suggestion_id: UUID, edited: EditedFields) -> Suggestion:
    """Accept with the corrections made; the task's id is chosen here, so that the caller can link to it at once.

    Accepting again gives the same answer. Raises NotFound, Conflict (dismissed before) or Invalid (empty title).
    """
    suggestion = await _locked(transaction, suggestion_id)
    if decide(suggestion.status, Decision.ACCEPT):
        _apply(suggestion, edited)
        suggestion.task_id = new_id()
        _set_status(suggestion, SuggestionStatus.ACCEPTED)
        events.suggestion_accepted(transaction, suggestion)
    return suggestion


async def dismiss_suggestion(transaction: Transaction, suggestion_id: UUID) -> Suggestion:
    """Dismiss. Dismissing again gives the same answer. Raises NotFound or Conflict (accepted before)."""
    suggestion = await _locked(transaction, suggestion_id)
    if decide(suggestion.status, Decision.DISMISS):
        _set_status(suggestion, SuggestionStatus.DISMISSED)
        events.suggestion_dismissed(transaction, suggestion)
    return suggestion


async def _locked(transaction: Transaction, suggestion_id: UUID) -> Suggestion:
    statement = select(Suggestion).where(Suggestion.id == suggestion_id).with_for_update()
    suggestion = (await transaction.session.execute(statement)).scalar_one_or_none()
    if suggestion is None:
        raise NotFound.of("suggestion")
    return suggestion


def _apply(suggestion: Suggestion, edited: EditedFields) -> None:
    """Only a due date may be taken away: a task always has a title and a priority."""
    changes = edited.model_dump(exclude_unset=True)
    for name in ("title", "priority"):
        if name in changes and changes[name] is None:
            raise Invalid.field(f"fields.{name}", "May not be null; leave it out to keep what was suggested.")
    for name, value in changes.items():
        setattr(suggestion, name, value)


def _set_status(suggestion: Suggestion, status: SuggestionStatus) -> None:
    suggestion.status = status
    suggestion.version += 1
    suggestion.updated_at = datetime.now(UTC)
