"""Fixed values that the examples of events share, and the whole example message of an event."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from smartstack_contracts.envelope import Envelope, EventData

ID_PREFIX: Final = "01980000-0000-7000-8000-"


def sample_id(number: int) -> UUID:
    """Return the id of a thing in examples; each kind of thing has a number."""
    return UUID(f"{ID_PREFIX}{number:012d}")


NOW: Final = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
DUE: Final = datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC)
BODY: Final = "Could you send the updated wireframes by Thursday?"
CLIENT, CONVERSATION, MESSAGE, SUGGESTION, TASK, PROJECT = (sample_id(number) for number in range(1, 7))
USER, WORKSPACE, ACCESS = (sample_id(number) for number in range(8, 11))


def example(model: type[EventData]) -> dict[str, Any]:
    """Return a full message of this type as JSON data."""
    data = model.model_validate(model.example)
    envelope: Envelope[Any] = Envelope[model](  # type: ignore[valid-type]
        id=sample_id(100),
        source=f"/smartstack/{model.service}",
        type=model.type(),
        subject=getattr(data, f"{model.aggregate}_id"),
        time=NOW,
        workspaceid=WORKSPACE,
        sequence=1,
        correlationid=sample_id(101),
        causationid=sample_id(102),
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        authid=f"user:{USER}",
        data=data,
    )
    return envelope.model_dump(mode="json")
