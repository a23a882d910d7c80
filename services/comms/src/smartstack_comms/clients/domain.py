"""The rules about clients: no I/O."""

from dataclasses import dataclass

MAX_CLIENT_NAME = 200
MAX_NOTES = 20_000
MAX_SEARCH = 200


@dataclass(frozen=True, slots=True)
class ClientState:
    """The fields of a client that people can change."""

    name: str
    notes: str
