"""The rules about conversations: no I/O, no clock of their own."""

from enum import StrEnum

PREVIEW_LENGTH = 140


class ConversationStatus(StrEnum):
    """The status of a conversation: does it need attention?"""

    OPEN = "open"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class Direction(StrEnum):
    """The direction of a message: from the client (inbound) or to the client (outbound)."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


def preview(body: str) -> str:
    """Return the first words of a message on one line, at most PREVIEW_LENGTH code points, with … where it was cut."""
    line = " ".join(body.split())
    if len(line) <= PREVIEW_LENGTH:
        return line
    return line[: PREVIEW_LENGTH - 1].rstrip() + "…"
