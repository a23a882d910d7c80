"""Writes suggestions; no other code does. One function per use case."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select

from smartstack_ai.context.commands import project_workspace
from smartstack_ai.context.queries import find_zone
from smartstack_ai.ledger import commands as ledger
from smartstack_ai.llm.port import Answer, Engine
from smartstack_ai.suggestions import events
from smartstack_ai.suggestions.domain import Decision, SuggestionStatus, decide
from smartstack_ai.suggestions.models import Suggestion, WaitingMessage
from smartstack_ai.suggestions.schemas import EditedFields
from smartstack_ai.values import Proposal, SourceText
from smartstack_chassis.core.errors import Invalid, NotFound
from smartstack_chassis.events.handlers import OutdatedPreparationError
from smartstack_chassis.events.uow import Transaction
from smartstack_contracts import EVENT_TYPES, Envelope, decode, new_id
from smartstack_contracts.envelope import absent
from smartstack_contracts.events.comms import MessageReceived, MessageSent
from smartstack_contracts.values import Priority, SuggestionKind

Message = MessageReceived | MessageSent
MessageEvent = Envelope[MessageReceived] | Envelope[MessageSent]


async def prepare_waiting(
    transaction: Transaction, engine: Engine, timezone: str
) -> Callable[[], Awaitable[Mapping[UUID, Answer]]]:
    """Return the work of reading the messages that wait for the workspace's zone; its result is by message."""
    stored = (await transaction.session.scalars(select(WaitingMessage.event))).all()
    sources = {event.data.message_id: _source(event, ZoneInfo(timezone)) for event in map(_stored, stored)}

    async def work() -> Mapping[UUID, Answer]:
        # One after the other: however many messages a workspace has waiting, it takes the place of one.
        return {message: await engine.answer(source) for message, source in sources.items()}

    return work


async def read_waiting(transaction: Transaction, timezone: str, answers: Mapping[UUID, Answer]) -> None:
    """Keep the workspace's zone, the last one told, and what was read in the messages that came before it was known.

    Raises OutdatedPreparationError when a message came that `answers` does not know.
    """
    await _one_at_a_time(transaction)
    await project_workspace(transaction, timezone)
    waiting = await transaction.session.scalars(delete(WaitingMessage).returning(WaitingMessage.event))
    for event in map(_stored, waiting.all()):
        answer = answers.get(event.data.message_id)
        if answer is None:
            raise OutdatedPreparationError
        # The same transaction and outbox, with the message as the cause instead of the workspace.
        cause = replace(transaction, correlation_id=event.correlationid, causation_id=event.id)
        _store(cause, event.data, answer)


async def prepare_reading(
    transaction: Transaction, engine: Engine, event: MessageEvent
) -> Callable[[], Awaitable[Answer | None]]:
    """Return the work of reading one message; its result is None while the workspace's zone is not known here."""
    zone = await find_zone(transaction)

    async def work() -> Answer | None:
        return None if zone is None else await engine.answer(_source(event, zone))

    return work


async def suggest(transaction: Transaction, event: MessageEvent, answer: Answer | None) -> None:
    """Store what was proposed for one message.

    The bus keeps no order: a message of a workspace that is not known here yet waits for it, since the workspace's zone
    decides every date. Raises OutdatedPreparationError when the workspace became known meanwhile.
    """
    if answer is not None:
        _store(transaction, event.data, answer)
        return
    await _one_at_a_time(transaction)
    if await find_zone(transaction) is not None:
        raise OutdatedPreparationError
    transaction.session.add(
        WaitingMessage(
            message_id=event.data.message_id,
            workspace_id=transaction.workspace_id,
            event=event.model_dump(mode="json", exclude=absent(event)),
        )
    )


async def _one_at_a_time(transaction: Transaction) -> None:
    """Wait for whoever is learning of this workspace or putting a message by: neither may miss the other."""
    key = func.hashtextextended(str(transaction.workspace_id), 0)
    await transaction.session.execute(select(func.pg_advisory_xact_lock(key)))


def _stored(event: dict[str, Any]) -> MessageEvent:
    return cast("MessageEvent", decode(json.dumps(event), EVENT_TYPES))


def _source(event: MessageEvent, zone: ZoneInfo) -> SourceText:
    return SourceText(
        text=event.data.body,
        at=event.data.created_at,
        zone=zone,
        direction="inbound" if isinstance(event.data, MessageReceived) else "outbound",
        workspace_id=event.workspaceid,
    )


def _store(transaction: Transaction, message: Message, answer: Answer) -> None:
    call = None if answer.call is None else ledger.record_call(transaction, message.message_id, answer.call)
    for proposal in answer.proposals:
        suggestion = _suggestion(transaction, message, answer, proposal)
        suggestion.model_call_id = call
        transaction.session.add(suggestion)
        events.suggestion_created(transaction, suggestion)


def _suggestion(transaction: Transaction, message: Message, answer: Answer, proposal: Proposal) -> Suggestion:
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
        engine=answer.engine,
        engine_version=answer.engine_version,
        fallback_reason=answer.fallback_reason,
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


async def restore_suggestion(transaction: Transaction, suggestion_id: UUID) -> Suggestion:
    """Take a dismissal back. Restoring a pending one changes nothing. Raises NotFound or Conflict (accepted before)."""
    suggestion = await _locked(transaction, suggestion_id)
    if decide(suggestion.status, Decision.RESTORE):
        _set_status(suggestion, SuggestionStatus.PENDING)
        events.suggestion_restored(transaction, suggestion)
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
