"""The portal: what a client sees and sends."""

from typing import Any

import pytest

from smartstack_comms.testing import Studio
from smartstack_contracts import new_id


async def test_a_client_without_messages_sees_an_empty_portal(studio: Studio) -> None:
    client = await studio.create_client()
    assert await studio.listed("/portal/messages", by=studio.portal(client["id"])) == []


async def test_a_client_sees_its_own_messages_alone(studio: Studio) -> None:
    acme, globex = await studio.create_client("Acme"), await studio.create_client("Globex")
    said, _ = await studio.hears(acme), await studio.hears(globex)
    assert await studio.listed("/portal/messages", by=studio.portal(acme["id"])) == [said]


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("POST", {"body": "x"})])
async def test_the_portal_of_a_client_that_is_gone_is_not_found(studio: Studio, method: str, body: Any) -> None:
    answer = await studio.send(method, "/portal/messages", body, by=studio.portal(new_id()))
    assert (answer.status_code, answer.json()["code"]) == (404, "client_not_found")
