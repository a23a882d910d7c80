import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartstack_chassis.auth.revocations import Revocations
from smartstack_chassis.core.errors import Invalid
from smartstack_chassis.testing.harness import event
from smartstack_contracts import new_id
from smartstack_contracts.events.comms import ClientUpdated
from smartstack_contracts.events.gateway import AccessRevoked
from smartstack_gateway.settings import GatewaySettings
from smartstack_gateway.share_links.domain import SHARE_LINK_MAX, new_visit, share_link_expiry, share_token
from smartstack_gateway.testing import Gateway, SignedUp


@pytest.fixture
def acme(gateway: Gateway) -> str:
    """A client that comms knows."""
    client = str(new_id())
    gateway.upstreams["comms"].answer(f"/api/v1/clients/{client}", {"id": client, "name": "Acme", "version": 1})
    return client


@pytest.fixture
async def link(gateway: Gateway, sam: SignedUp, acme: str) -> dict[str, Any]:
    status, body, _ = await gateway.post(f"/api/v1/clients/{acme}/share-links", headers=sam.headers, json={})
    assert status == 201, body
    return dict(body)


async def opened(gateway: Gateway, token: str) -> tuple[int, Any]:
    status, body, _ = await gateway.post("/api/v1/portal/session", json={"token": token})
    return status, body


async def change(gateway: Gateway, link: dict[str, Any], assignment: str) -> None:
    """Change the link's row behind the gateway's back."""
    connection = await asyncpg.connect(gateway.harness.database.admin_dsn)
    try:
        await connection.execute(f"UPDATE gateway.share_links SET {assignment} WHERE id = $1", link["id"])
    finally:
        await connection.close()


async def test_a_link_is_for_thirty_days_unless_said_otherwise(gateway: Gateway, link: dict[str, Any]) -> None:
    days = datetime.fromisoformat(link["expires_at"]) - datetime.fromisoformat(link["created_at"])
    assert days == timedelta(days=30)
    assert link["url"] == f"http://127.0.0.1:8000/portal#{link['token']}"
    assert len(link["token"]) == 43


async def test_the_client_is_looked_up_as_the_caller(gateway: Gateway, sam: SignedUp, link: dict[str, Any]) -> None:
    [seen] = gateway.upstreams["comms"].received
    assert seen.headers["Authorization"] == sam.headers["Authorization"]


async def test_a_client_that_comms_does_not_show_is_404(gateway: Gateway, sam: SignedUp) -> None:
    client = new_id()
    gateway.upstreams["comms"].answer(f"/api/v1/clients/{client}", {"code": "client_not_found"}, 404)
    path = f"/api/v1/clients/{client}/share-links"
    for answer in (
        await gateway.post(path, headers=sam.headers, json={}),
        await gateway.get(path, headers=sam.headers),
    ):
        assert (answer[0], answer[1]["code"]) == (404, "client_not_found")


async def test_without_comms_no_link_is_made(gateway: Gateway, sam: SignedUp, acme: str) -> None:
    gateway.upstreams["comms"].mode = "reset"
    status, body, _ = await gateway.post(f"/api/v1/clients/{acme}/share-links", headers=sam.headers, json={})
    assert (status, body["code"]) == (503, "comms_unavailable")


async def test_one_key_makes_one_link_and_gives_the_same_answer(gateway: Gateway, sam: SignedUp, acme: str) -> None:
    headers = {**sam.headers, "Idempotency-Key": "once"}
    path = f"/api/v1/clients/{acme}/share-links"
    answers = await asyncio.gather(*(gateway.post(path, headers=headers, json={}) for _ in range(10)))
    assert {status for status, _, _ in answers} == {201}
    assert len({body["token"] for _, body, _ in answers}) == 1
    assert len((await gateway.get(path, headers=sam.headers))[1]["items"]) == 1
    other = {"expires_at": (datetime.now(UTC) + timedelta(days=1)).isoformat()}
    status, body, _ = await gateway.post(path, headers=headers, json=other)
    assert (status, body["code"]) == (409, "idempotency_key_reused")


@pytest.mark.parametrize(
    "expires_at", ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "2027-02-30T00:00:00Z", "tomorrow", 5, "2027-01-01"]
)
async def test_an_end_that_cannot_be_is_refused(gateway: Gateway, sam: SignedUp, acme: str, expires_at: Any) -> None:
    path = f"/api/v1/clients/{acme}/share-links"
    status, body, _ = await gateway.post(path, headers=sam.headers, json={"expires_at": expires_at})
    assert (status, [entry["field"] for entry in body["errors"]]) == (422, ["expires_at"])


@given(st.timedeltas(timedelta(days=-1000), timedelta(days=1000)))
def test_a_link_ends_within_a_year_from_now(distance: timedelta) -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    if timedelta(0) < distance <= SHARE_LINK_MAX:
        assert share_link_expiry(now, now + distance) == now + distance
    else:
        with pytest.raises(Invalid):
            share_link_expiry(now, now + distance)


def test_tokens_differ_by_link_and_by_key() -> None:
    link = new_id()
    assert len({share_token(b"a", link), share_token(b"b", link), share_token(b"a", new_id())}) == 3


async def test_opening_a_link_lets_the_client_in_and_is_counted(
    gateway: Gateway, sam: SignedUp, link: dict[str, Any]
) -> None:
    for _ in range(2):
        status, portal = await opened(gateway, link["token"])
        assert status == 200
    assert portal["client"] == {"id": link["client_id"], "name": "Acme"}
    assert portal["workspace"] == {"name": "Studio"}
    assert portal["expires_in"] == 600
    headers = {"Authorization": f"Bearer {portal['access_token']}"}
    assert (await gateway.get("/api/v1/portal/messages", headers=headers))[0] == 200
    path = f"/api/v1/clients/{link['client_id']}/share-links"
    [listed] = (await gateway.get(path, headers=sam.headers))[1]["items"]
    assert (listed["use_count"], listed["revoked_at"]) == (2, None)
    assert listed["last_used_at"]
    assert "token" not in listed


async def test_the_token_is_not_in_the_database(gateway: Gateway, link: dict[str, Any]) -> None:
    connection = await asyncpg.connect(gateway.harness.database.admin_dsn)
    try:
        rows = await connection.fetch(
            "SELECT s::text || k::text FROM gateway.share_links s, gateway.idempotency_keys k"
        )
        digest = await connection.fetchval("SELECT digest FROM gateway.share_links WHERE id = $1", link["id"])
    finally:
        await connection.close()
    assert not [row for row in rows if link["token"] in row[0]]
    assert len(digest) == 32


async def test_revoking_reaches_open_portals_at_once(gateway: Gateway, sam: SignedUp, link: dict[str, Any]) -> None:
    _, portal = await opened(gateway, link["token"])
    headers = {"Authorization": f"Bearer {portal['access_token']}"}
    for _ in range(2):
        assert (await gateway.request("DELETE", f"/api/v1/share-links/{link['id']}", headers=sam.headers))[0] == 204
    status, body, _ = await gateway.get("/api/v1/portal/messages", headers=headers)
    assert (status, body["code"]) == (401, "session_over")
    assert (await opened(gateway, link["token"]))[0] == 404


async def test_a_tab_that_renews_its_token_is_one_visit(gateway: Gateway, sam: SignedUp, link: dict[str, Any]) -> None:
    _, portal = await opened(gateway, link["token"])
    used = await uses(gateway, sam, link)
    for _ in range(3):
        again = {"token": link["token"], "visit": portal["visit"]}
        status, renewed, _ = await gateway.post("/api/v1/portal/session", json=again)
        assert (status, renewed["visit"]) == (200, portal["visit"])
        headers = {"Authorization": f"Bearer {renewed['access_token']}"}
        assert (await gateway.get("/api/v1/portal/messages", headers=headers))[0] == 200
    assert await uses(gateway, sam, link) == used
    assert used[0] == 1
    await gateway.request("DELETE", f"/api/v1/share-links/{link['id']}", headers=sam.headers)
    assert (await gateway.post("/api/v1/portal/session", json=again))[0] == 404


@pytest.mark.parametrize("kind", ["made up", "of another link", "empty"])
async def test_what_proves_no_visit_counts_as_one(
    gateway: Gateway, sam: SignedUp, link: dict[str, Any], kind: str
) -> None:
    other = new_visit(gateway.harness.runtime.resources[GatewaySettings].share_token_key, new_id())
    visit = {"made up": "a.b", "of another link": other, "empty": ""}[kind]
    body = {"token": link["token"], "visit": visit}
    status, portal, _ = await gateway.post("/api/v1/portal/session", json=body)
    assert (status, (await uses(gateway, sam, link))[0]) == (200, 1)
    assert portal["visit"] != visit


async def uses(gateway: Gateway, sam: SignedUp, link: dict[str, Any]) -> tuple[int, str]:
    """Return how often a link was used, and when last."""
    path = f"/api/v1/clients/{link['client_id']}/share-links"
    [listed] = (await gateway.get(path, headers=sam.headers))[1]["items"]
    return listed["use_count"], listed["last_used_at"]


async def test_revoking_is_made_known_to_the_services_once(
    gateway: Gateway, sam: SignedUp, link: dict[str, Any]
) -> None:
    for _ in range(2):
        assert (await gateway.request("DELETE", f"/api/v1/share-links/{link['id']}", headers=sam.headers))[0] == 204
    published = [item.data for item in await gateway.harness.published() if isinstance(item.data, AccessRevoked)]
    assert [str(data.access_id) for data in published if str(data.access_id) == link["id"]] == [link["id"]]


async def test_revoking_reaches_the_other_processes_with_their_next_sweep(
    gateway: Gateway, link: dict[str, Any]
) -> None:
    _, portal = await opened(gateway, link["token"])
    await change(gateway, link, "revoked_at = now()")
    await gateway.harness.runtime.resources[Revocations].load(gateway.harness.uow)
    headers = {"Authorization": f"Bearer {portal['access_token']}"}
    assert (await gateway.get("/api/v1/portal/messages", headers=headers))[0] == 401


async def test_a_token_does_not_outlive_its_link(gateway: Gateway, sam: SignedUp, acme: str) -> None:
    soon = {"expires_at": (datetime.now(UTC) + timedelta(seconds=100)).isoformat()}
    _, short, _ = await gateway.post(f"/api/v1/clients/{acme}/share-links", headers=sam.headers, json=soon)
    status, portal = await opened(gateway, short["token"])
    assert status == 200
    assert 50 < portal["expires_in"] <= 100


async def test_unknown_expired_and_revoked_links_look_the_same(
    gateway: Gateway, sam: SignedUp, link: dict[str, Any]
) -> None:
    unknown = await opened(gateway, "unknown")
    await change(gateway, link, "expires_at = now()")
    expired = await opened(gateway, link["token"])
    await change(gateway, link, "expires_at = now() + interval '1 day', revoked_at = now()")
    revoked = await opened(gateway, link["token"])
    for status, body in (unknown, expired, revoked):
        assert (status, body["code"]) == (404, "share_link_invalid")
        assert body | {"trace_id": ""} == unknown[1] | {"trace_id": ""}


@pytest.mark.parametrize("body", [{}, {"token": ""}, {"token": "x" * 201}, {"token": "a", "x": 1}, {"token": 5}])
async def test_bad_portal_requests_are_422(gateway: Gateway, body: Any) -> None:
    assert (await gateway.post("/api/v1/portal/session", json=body))[0] == 422


async def test_another_workspace_neither_sees_nor_ends_a_link(gateway: Gateway, link: dict[str, Any]) -> None:
    other = await gateway.sign_up()
    status, body, _ = await gateway.request("DELETE", f"/api/v1/share-links/{link['id']}", headers=other.headers)
    unknown = await gateway.request("DELETE", f"/api/v1/share-links/{new_id()}", headers=other.headers)
    assert (status, body["code"]) == (unknown[0], unknown[1]["code"]) == (404, "share_link_not_found")
    path = f"/api/v1/clients/{link['client_id']}/share-links"
    assert (await gateway.get(path, headers=other.headers))[1]["items"] == []
    assert (await opened(gateway, link["token"]))[0] == 200


async def test_links_are_paged_newest_first(gateway: Gateway, sam: SignedUp, acme: str) -> None:
    path = f"/api/v1/clients/{acme}/share-links"
    made = [(await gateway.post(path, headers=sam.headers, json={}))[1]["id"] for _ in range(3)]
    _, first, _ = await gateway.get(f"{path}?limit=2", headers=sam.headers)
    _, second, _ = await gateway.get(f"{path}?limit=2&cursor={first['next_cursor']}", headers=sam.headers)
    assert [item["id"] for item in first["items"] + second["items"]] == made[::-1]
    assert second["next_cursor"] is None
    assert (await gateway.get(f"{path}?cursor=nonsense", headers=sam.headers))[0] == 422


async def test_a_client_is_greeted_by_its_newest_name(gateway: Gateway, sam: SignedUp, link: dict[str, Any]) -> None:
    workspace = sam.body["workspace"]["id"]
    for sequence, name in ((3, "Acme Group"), (2, "Acme Ltd")):
        renamed = ClientUpdated(client_id=link["client_id"], client_name=name)
        await gateway.harness.deliver(event(renamed, workspace, subject=link["client_id"], sequence=sequence))
    assert (await opened(gateway, link["token"]))[1]["client"]["name"] == "Acme Group"
