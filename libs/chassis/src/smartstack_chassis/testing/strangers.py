"""Every handler of a service against the values of later releases: a new enum value in v1 must never dead-letter."""

# ruff: noqa: S101 - made of assertions

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_contracts import EVENT_TYPES, new_id, samples, topology
from smartstack_contracts.samples import example
from smartstack_contracts.strangers import strangers

ROUNDS = 2


async def check_strangers(harness: ServiceHarness) -> None:
    """Deliver all that the service consumes, with a stranger in each enum, to one new workspace.

    Two rounds: the second finds what the first one left. Raises AssertionError naming the event and the field.
    """
    handlers, workspace_id = harness.runtime.service.handlers, new_id()
    assert handlers is not None
    for _ in range(ROUNDS):
        for field, message in consumed_messages(harness):
            try:
                await handlers.dispatch(json.dumps(renewed(message, workspace_id)), harness.uow)
            except Exception as error:
                raise AssertionError(f"{message['type']} with a stranger in {field or 'no field'}: {error}") from error


def consumed_messages(harness: ServiceHarness) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the plain example of each event that the service consumes, then those with a stranger in a field."""
    for model in sorted(topology.consumed(harness.runtime.service.name), key=lambda each: each.type()):
        assert EVENT_TYPES[model.type()] is model
        yield "", example(model)
        yield from strangers(model)


def renewed(message: dict[str, Any], workspace_id: UUID) -> dict[str, Any]:
    """Return the message with new ids, in this workspace."""
    ids = {str(samples.WORKSPACE): str(workspace_id)}

    def renew(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: renew(each) for key, each in value.items()}
        if isinstance(value, list):
            return [renew(each) for each in value]
        if isinstance(value, str) and value.startswith(samples.ID_PREFIX):
            return ids.setdefault(value, str(new_id()))
        return value

    renewed_message: dict[str, Any] = renew(message)
    return renewed_message
