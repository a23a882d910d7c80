"""Everything that crosses a service boundary: the envelope, the events of each service, and the topology."""

from smartstack_contracts.catalog import EVENT_TYPES, LIVE
from smartstack_contracts.envelope import Envelope, EventData, UndecodableEventError, decode, encode
from smartstack_contracts.ids import first_id, made_at, new_id
from smartstack_contracts.open_enums import Open, Unknown, known

__all__ = [
    "EVENT_TYPES",
    "LIVE",
    "Envelope",
    "EventData",
    "Open",
    "UndecodableEventError",
    "Unknown",
    "decode",
    "encode",
    "first_id",
    "known",
    "made_at",
    "new_id",
]
