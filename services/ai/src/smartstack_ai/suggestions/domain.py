"""Rules of the ai service, without any I/O."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from smartstack_chassis.core.errors import Conflict
from smartstack_contracts.values import Priority


class SuggestionStatus(StrEnum):
    """What a person decided, if anything yet."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class Decision(StrEnum):
    """What a person may decide."""

    ACCEPT = "accept"
    DISMISS = "dismiss"
    RESTORE = "restore"


_FROM = {
    Decision.ACCEPT: SuggestionStatus.PENDING,
    Decision.DISMISS: SuggestionStatus.PENDING,
    Decision.RESTORE: SuggestionStatus.DISMISSED,
}
_RESULT = {
    Decision.ACCEPT: SuggestionStatus.ACCEPTED,
    Decision.DISMISS: SuggestionStatus.DISMISSED,
    Decision.RESTORE: SuggestionStatus.PENDING,
}


@dataclass(frozen=True, slots=True)
class SuggestedFields:
    """What the task will be like."""

    title: str
    due_at: datetime | None
    priority: Priority


def decide(status: SuggestionStatus, decision: Decision) -> bool:
    """Tell whether the decision changes anything: deciding the same again does not.

    Raises Conflict when the opposite was decided before; an accepted suggestion stays accepted.
    """
    if status is _FROM[decision]:
        return True
    if status is _RESULT[decision]:
        return False
    raise Conflict("suggestion_decided", f"This suggestion was {status.value} already.")
