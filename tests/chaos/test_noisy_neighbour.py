"""One workspace at its limits: its flood is refused or waits, and everybody else is served meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

ASKING = "Could you send the updated wireframes by Thursday? Also the footer logo looks stretched."
ASKED = 2
HOSTILE = ("The logo, the page and the footer by 3 Dec, could you fix it before Friday; it is broken. " * 250)[:20_000]
PRELOADED = 60
BURST = 5
GATEWAY = ("gateway", "http")


@pytest.fixture
async def limited_fleet(fleet: Any) -> AsyncIterator[Any]:
    """The fleet with a gateway that limits portals; the other tests' gateway does not."""
    before = dict(fleet.environments[GATEWAY])
    limits = {"SMARTSTACK_PORTAL_BURST": str(BURST), "SMARTSTACK_PORTAL_PER_SECOND": "0.01"}
    fleet.environments[GATEWAY] |= limits
    await restart(fleet)
    yield fleet
    fleet.environments[GATEWAY] = before
    await restart(fleet)


async def restart(fleet: Any) -> None:
    """Kill the gateway; return when its successor serves."""
    died = fleet.deaths.total()
    fleet.kill(GATEWAY)
    while fleet.deaths.total() == died:
        await asyncio.sleep(0.02)
    await fleet.ready()


async def workspace(fleet: Any) -> tuple[Any, Any]:
    """Return the owner and the portal visitor of a new workspace."""
    owner, visitor = fleet.person(), fleet.person()
    await owner.sign_up()
    client = await owner.call("POST", "/clients", json={"name": "Acme"})
    link = await owner.call("POST", f"/clients/{client['id']}/share-links", json={})
    await visitor.open_portal(link["token"])
    return owner, visitor


async def preload(fleet: Any, visitor: Any) -> None:
    """Fill the ai service's queue past the gateway, as limits set too high would let it."""
    url = f"http://127.0.0.1:{fleet.ports['comms', 'http']}/api/v1/portal/messages"
    headers = {"Authorization": visitor.http.headers["Authorization"]}
    async with httpx.AsyncClient(headers=headers, timeout=60) as http:
        for _ in range(PRELOADED // 10):
            sent = [http.post(url, json={"body": HOSTILE}, headers={"Idempotency-Key": uuid4().hex}) for _ in range(10)]
            for answer in await asyncio.gather(*sent):
                assert answer.status_code == 201, answer.text


async def read_of(fleet: Any, workspace_id: str) -> int:
    """Return how many of the workspace's messages the ai service has read."""
    where = f"handler = 'on_message' AND workspace_id = '{workspace_id}'"
    ((count,),) = await fleet.query("ai", f"SELECT count(*) FROM inbox WHERE {where}")
    return int(count)


async def test_while_one_workspace_floods_the_others_are_served_and_it_is_refused(limited_fleet: Any) -> None:
    fleet = limited_fleet
    abuser, abusive_visitor = await workspace(fleet)
    owner, visitor = await workspace(fleet)
    await fleet.settled()
    flooded = (await abuser.call("GET", "/me"))["workspace"]["id"]
    await preload(fleet, abusive_visitor)

    sent = [await abusive_visitor.send("POST", "/portal/messages", json={"body": HOSTILE}) for _ in range(2 * BURST)]
    assert [answer.status_code for answer in sent] == [201] * BURST + [429] * BURST
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in sent[BURST:])

    await visitor.call("POST", "/portal/messages", json={"body": ASKING})
    while len(await owner.all("/suggestions")) < ASKED:
        for path in ("/tasks", "/conversations", "/today", "/clients"):
            await owner.call("GET", path)
    backlog = PRELOADED + BURST - await read_of(fleet, flooded)
    assert backlog > 0, "the flood was read before the message that came after it"
    await fleet.settled()
    assert await read_of(fleet, flooded) == PRELOADED + BURST
    assert (owner.repeated, visitor.repeated) == (0, 0), "no request of the quiet workspace was sent twice"
