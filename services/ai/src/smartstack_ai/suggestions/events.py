"""The one place where a fact of the ai service becomes public."""

from smartstack_ai.suggestions.models import Suggestion
from smartstack_chassis.events.uow import Transaction
from smartstack_contracts.events import ai
from smartstack_contracts.values import Evidence


def suggestion_created(transaction: Transaction, suggestion: Suggestion) -> None:
    """Announce a new suggestion."""
    transaction.emit(
        ai.SuggestionCreated(
            suggestion_id=suggestion.id,
            kind=suggestion.kind,
            client_id=suggestion.client_id,
            conversation_id=suggestion.conversation_id,
            message_id=suggestion.message_id,
            title=suggestion.title,
            due_at=suggestion.due_at,
            priority=suggestion.priority,
            evidence=[Evidence.model_validate(item) for item in suggestion.evidence],
            engine=suggestion.engine,
            fallback_reason=suggestion.fallback_reason,
            confidence=suggestion.confidence,
            needs_review=suggestion.needs_review,
        ),
        subject=suggestion.id,
        sequence=suggestion.version,
    )


def suggestion_accepted(transaction: Transaction, suggestion: Suggestion) -> None:
    """Announce that a person accepted; raises ValueError for a suggestion without its task's id."""
    if suggestion.task_id is None:
        raise ValueError("an accepted suggestion has a task_id")
    transaction.emit(
        ai.SuggestionAccepted(
            suggestion_id=suggestion.id,
            kind=suggestion.kind,
            client_id=suggestion.client_id,
            conversation_id=suggestion.conversation_id,
            message_id=suggestion.message_id,
            task_id=suggestion.task_id,
            title=suggestion.title,
            due_at=suggestion.due_at,
            priority=suggestion.priority,
        ),
        subject=suggestion.id,
        sequence=suggestion.version,
    )


def suggestion_dismissed(transaction: Transaction, suggestion: Suggestion) -> None:
    """Announce that a person did not want it."""
    _emit_bare(transaction, suggestion, ai.SuggestionDismissed)


def suggestion_restored(transaction: Transaction, suggestion: Suggestion) -> None:
    """Announce that a person took the dismissal back."""
    _emit_bare(transaction, suggestion, ai.SuggestionRestored)


def _emit_bare(
    transaction: Transaction,
    suggestion: Suggestion,
    kind: type[ai.SuggestionDismissed] | type[ai.SuggestionRestored],
) -> None:
    data = kind(
        suggestion_id=suggestion.id,
        kind=suggestion.kind,
        client_id=suggestion.client_id,
        conversation_id=suggestion.conversation_id,
        message_id=suggestion.message_id,
    )
    transaction.emit(data, subject=suggestion.id, sequence=suggestion.version)
