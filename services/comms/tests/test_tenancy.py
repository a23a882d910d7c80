"""A workspace is alone: every table and every operation, those added later included, against another workspace."""

from typing import Any

import pytest

from smartstack_chassis.testing import conformance
from smartstack_chassis.testing.conformance import Operation
from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_comms.main import service

OPERATIONS = conformance.operations(service)

# A good body for each operation that takes one; a new operation must bring its own.
BODIES: dict[str, Any] = {
    "create_client": {"name": "Acme"},
    "update_client": {"name": "Acme Ltd"},
    "send_message": {"body": "Here it is."},
    "send_portal_message": {"body": "Could you send it?"},
}


@pytest.fixture(scope="module")
async def owner(open_studio: Any) -> Any:
    """A workspace with a row in every table."""
    return open_studio()


@pytest.fixture(scope="module")
async def ids(owner: Any) -> dict[str, str]:
    """The ids of its things, by the names that paths and bodies give them."""
    await owner.comms.deliver(owner.workspace_created())
    client = (await owner.send("POST", "/clients", {"name": "Acme"}, Idempotency_Key="k")).json()
    said = await owner.hears(client)
    return {"client_id": client["id"], "conversation_id": said["conversation_id"]}


async def test_no_table_shows_or_gives_up_a_row_outside_its_workspace(
    comms: ServiceHarness, owner: Any, ids: dict[str, str]
) -> None:
    await conformance.check_tables(comms, owner.member)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_no_operation_answers_without_the_right_token(comms: ServiceHarness, operation: Operation) -> None:
    await conformance.check_tokens(comms, operation, BODIES.get(operation.name))


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_no_operation_answers_a_session_or_share_link_that_was_revoked(
    comms: ServiceHarness, operation: Operation
) -> None:
    await conformance.check_revocation(comms, operation, BODIES.get(operation.name))


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_foreign_ids_are_unknown_ids_and_lists_are_empty(
    comms: ServiceHarness, stranger: Any, ids: dict[str, str], operation: Operation
) -> None:
    principal = stranger.portal(ids["client_id"]) if operation.takes == "client" else stranger.member
    await conformance.check_foreign(comms, operation, principal, ids, BODIES.get(operation.name))


async def test_filters_find_nothing_of_another_workspace(stranger: Any, ids: dict[str, str]) -> None:
    await stranger.hears(await stranger.create_client("Globex"))
    assert await stranger.listed(f"/conversations?client_id={ids['client_id']}") == []
    assert await stranger.listed("/clients?q=acme") == []


async def test_no_forged_token_opens_anything(comms: ServiceHarness) -> None:
    await conformance.check_forged_tokens(comms, "/api/v1/clients")
