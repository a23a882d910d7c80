"""A complete, fixed message of each event type, for documents and golden files."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from smartstack_contracts.envelope import Envelope, EventData
from smartstack_contracts.events import ai, comms, gateway, tasks
from smartstack_contracts.values import Channel, Evidence, Priority, SuggestionKind, TaskSource, TaskStatus

_NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
_DUE = datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC)
_BODY = "Could you send the updated wireframes by Thursday?"


def _id(number: int) -> UUID:
    return UUID(f"01980000-0000-7000-8000-{number:012d}")


_MESSAGE: dict[str, Any] = {
    "message_id": _id(3),
    "conversation_id": _id(2),
    "client_id": _id(1),
    "channel": Channel.CHAT,
    "author_name": "Acme",
    "body": _BODY,
    "created_at": _NOW,
}
_SUGGESTION: dict[str, Any] = {
    "suggestion_id": _id(4),
    "kind": SuggestionKind.TASK,
    "client_id": _id(1),
    "conversation_id": _id(2),
    "message_id": _id(3),
}
_FIELDS: dict[str, Any] = {
    "title": "Send the updated wireframes",
    "due_at": _DUE,
    "priority": Priority.NORMAL,
}
_SOURCE = TaskSource(suggestion_id=_id(4), conversation_id=_id(2), message_id=_id(3))
_TASK: dict[str, Any] = {
    "task_id": _id(5),
    "status": TaskStatus.OPEN,
    "client_id": _id(1),
    "project_id": _id(6),
    "source": _SOURCE,
    "completed_at": None,
    **_FIELDS,
}
_EVIDENCE = [Evidence(message_id=_id(3), quote=_BODY, start=0, end=len(_BODY))]

_DATA: dict[type[EventData], EventData] = {
    type(data): data
    for data in (
        gateway.WorkspaceCreated(workspace_id=_id(9), workspace_name="Studio", timezone="Europe/London"),
        gateway.AccessRevoked(access_id=_id(10)),
        comms.ClientCreated(client_id=_id(1), client_name="Acme"),
        comms.ClientUpdated(client_id=_id(1), client_name="Acme Ltd"),
        comms.MessageReceived(**_MESSAGE),
        comms.MessageSent(**_MESSAGE | {"author_name": "Studio"}),
        ai.SuggestionCreated(
            **_SUGGESTION, **_FIELDS, evidence=_EVIDENCE, engine="offline", confidence=0.9, needs_review=False
        ),
        ai.SuggestionAccepted(**_SUGGESTION, **_FIELDS, task_id=_id(5)),
        ai.SuggestionDismissed(**_SUGGESTION),
        ai.SuggestionRestored(**_SUGGESTION),
        tasks.ProjectCreated(project_id=_id(6), project_name="Website", client_id=_id(1)),
        tasks.TaskCreated(**_TASK),
        tasks.TaskUpdated(**_TASK | {"title": "Send the final wireframes"}),
        tasks.TaskCompleted(**_TASK | {"status": TaskStatus.COMPLETED, "completed_at": _NOW}),
        tasks.TaskDeleted(task_id=_id(5), client_id=_id(1), source=_SOURCE),
    )
}


def example(model: type[EventData]) -> dict[str, Any]:
    """Return a full message of this type as JSON data; raises KeyError for a type without an example."""
    data = _DATA[model]
    envelope: Envelope[Any] = Envelope[model](  # type: ignore[valid-type]
        id=_id(100),
        source=f"/smartstack/{model.service}",
        type=model.type(),
        subject=_id(5),
        time=_NOW,
        workspaceid=_id(9),
        sequence=1,
        correlationid=_id(101),
        causationid=_id(102),
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        authid=f"user:{_id(8)}",
        data=data,
    )
    return envelope.model_dump(mode="json")
