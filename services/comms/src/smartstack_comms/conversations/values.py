"""Values about conversations that capabilities share."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from smartstack_comms.conversations.domain import Direction
from smartstack_contracts.values import Channel


@dataclass(frozen=True, slots=True)
class Turn:
    """The place of one message in its conversation: `sequence` orders the turns, without gaps."""

    conversation_id: UUID
    client_id: UUID
    channel: Channel
    direction: Direction
    taken_at: datetime
    sequence: int
