"""Everything that crosses a service boundary: the envelope, the events of each service, and the topology."""

from smartstack_contracts.catalog import EVENT_TYPES
from smartstack_contracts.envelope import Envelope, EventData, UndecodableEventError, decode, encode
from smartstack_contracts.ids import first_id, made_at, new_id

__all__ = [
    "EVENT_TYPES",
    "Envelope",
    "EventData",
    "UndecodableEventError",
    "decode",
    "encode",
    "first_id",
    "made_at",
    "new_id",
]
