"""The rules about clients and what is said with them: no I/O, no clock of their own."""

from dataclasses import dataclass
from enum import StrEnum

MAX_CLIENT_NAME = 200
MAX_NOTES = 20_000
MAX_BODY = 20_000
MAX_SEARCH = 200
PREVIEW_LENGTH = 140

# What a client reads as the author until this service has heard the workspace's name, moments after sign-up.
UNNAMED_TEAM = "Team"


class ConversationStatus(StrEnum):
    """Whether a conversation asks for attention."""

    OPEN = "open"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class Direction(StrEnum):
    """Who wrote: the client (inbound), or we (outbound)."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


@dataclass(frozen=True, slots=True)
class ClientState:
    """What people can change about a client."""

    name: str
    notes: str


def preview(body: str) -> str:
    """Return the first words of a message on one line, at most PREVIEW_LENGTH code points, with … where it was cut."""
    line = " ".join(body.split())
    if len(line) <= PREVIEW_LENGTH:
        return line
    return line[: PREVIEW_LENGTH - 1].rstrip() + "…"
