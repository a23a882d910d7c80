"""Which event types exist."""

from collections.abc import Mapping
from types import MappingProxyType

from smartstack_contracts.envelope import EventData
from smartstack_contracts.events import ai, comms, gateway, tasks

_PUBLISHED: tuple[type[EventData], ...] = (
    gateway.WorkspaceCreated,
    gateway.AccessRevoked,
    comms.ClientCreated,
    comms.ClientUpdated,
    comms.MessageReceived,
    comms.MessageSent,
    ai.SuggestionCreated,
    ai.SuggestionAccepted,
    ai.SuggestionDismissed,
    ai.SuggestionRestored,
    tasks.ProjectCreated,
    tasks.TaskCreated,
    tasks.TaskUpdated,
    tasks.TaskCompleted,
    tasks.TaskDeleted,
)

EVENT_TYPES: Mapping[str, type[EventData]] = MappingProxyType({model.type(): model for model in _PUBLISHED})
