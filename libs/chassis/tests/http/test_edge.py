"""What every endpoint of every service gets from the chassis."""

import asyncio
from typing import Any

import asyncpg
import pytest
from fastapi import APIRouter
from sqlalchemy import text

from smartstack_chassis.core import deadline
from smartstack_chassis.core.actors import PortalClient
from smartstack_chassis.process.app import build_api
from smartstack_chassis.process.service import Service
from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_contracts import new_id

NOTES = "/api/v1/notes"


async def test_a_created_thing_is_committed_and_announced(probe: ServiceHarness) -> None:
    member = probe.member()
    answer = await probe.http.post(NOTES, json={"title": "One"}, headers=probe.headers(member))
    assert answer.status_code == 201
    (event,) = await probe.published()
    assert str(event.subject) == answer.json()["id"]
    assert event.authid == f"user:{member.user_id}"
    assert event.workspaceid == member.workspace_id


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"title": ""}', "title"),
        (b'{"title": "a\\u0000"}', "title"),
        (b'{"title": "\\ud800"}', "title"),
        (b'{"title": "x", "owner": 1}', "owner"),
        (b'{"title": "x", "\\ud800": 1}', "body"),
        (b"{}", "title"),
        (b"[]", "body"),
        (b'"text"', "body"),
    ],
)
async def test_bad_input_is_refused_with_the_field_and_not_repeated(
    probe: ServiceHarness, body: bytes, field: str
) -> None:
    headers = probe.headers(probe.member()) | {"Content-Type": "application/json"}
    answer = await probe.http.post(NOTES, content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field
    assert '"input"' not in answer.text


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"NaN"])
async def test_what_is_no_json_is_a_clear_4xx(probe: ServiceHarness, body: bytes) -> None:
    headers = probe.headers(probe.member()) | {"Content-Type": "application/json"}
    answer = await probe.http.post(NOTES, content=body, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_over_the_limit_is_refused_declared_or_streamed(probe: ServiceHarness) -> None:
    async def chunks() -> Any:
        for _ in range(16):
            yield b"x" * 64 * 1024

    headers = probe.headers(probe.member()) | {"Content-Type": "application/json"}
    for content in (b"x" * 1024 * 1024, chunks()):
        answer = await probe.http.post(NOTES, content=content, headers=headers)
        assert answer.status_code == 413
        assert answer.json()["code"] == "body_too_large"


async def test_an_unexpected_failure_tells_nothing_of_its_inside(probe: ServiceHarness) -> None:
    answer = await probe.http.post("/api/v1/explode")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert "secret" not in answer.text


async def test_a_path_that_is_not_there_and_a_wrong_method_are_problems_too(probe: ServiceHarness) -> None:
    for method, path, status in (("GET", "/api/v1/nothing", 404), ("DELETE", NOTES, 405)):
        answer = await probe.http.request(method, path)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


async def test_options_and_405_name_all_methods_of_the_path(probe: ServiceHarness) -> None:
    answer = await probe.http.options(NOTES)
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, POST, OPTIONS")
    answer = await probe.http.delete(NOTES)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST, OPTIONS")
    assert (await probe.http.options("/api/v1/nothing")).status_code == 404


async def test_a_share_link_does_not_open_what_is_for_members(probe: ServiceHarness) -> None:
    client = PortalClient(new_id(), new_id(), new_id())
    answer = await probe.http.get(NOTES, headers=probe.headers(client))
    assert answer.status_code == 403
    assert answer.json()["code"] == "members_only"


@pytest.mark.parametrize(
    ("value", "status"),
    [(None, 428), ('"3"', 200), ("3", 200), ('W/"3"', 200), ("*", 422), ('"x"', 422), ('"-1"', 422)],
)
async def test_if_match_names_one_version(probe: ServiceHarness, value: str | None, status: int) -> None:
    headers = {"If-Match": value} if value else {}
    assert (await probe.http.put(f"{NOTES}/version", headers=headers)).status_code == status


async def test_fifty_requests_with_one_idempotency_key_have_one_effect_and_one_answer(probe: ServiceHarness) -> None:
    headers = probe.headers(probe.member()) | {"Idempotency-Key": "k"}
    calls = (probe.http.post(NOTES, json={"title": "Once"}, headers=headers) for _ in range(50))
    answers = await asyncio.gather(*calls)
    assert {(answer.status_code, answer.text) for answer in answers} == {(201, answers[0].text)}
    assert (await probe.http.get(NOTES, headers=headers)).json() == ["Once"]
    assert len(await probe.published()) == 1


async def test_an_idempotency_key_is_not_taken_for_another_request(probe: ServiceHarness) -> None:
    headers = probe.headers(probe.member()) | {"Idempotency-Key": "k"}
    await probe.http.post(NOTES, json={"title": "One"}, headers=headers)
    answer = await probe.http.post(NOTES, json={"title": "Two"}, headers=headers)
    assert answer.status_code == 409
    assert answer.json()["code"] == "idempotency_key_reused"


async def test_members_of_two_workspaces_may_use_the_same_key(probe: ServiceHarness) -> None:
    for title in ("One", "Two"):
        headers = probe.headers(probe.member()) | {"Idempotency-Key": "k"}
        assert (await probe.http.post(NOTES, json={"title": title}, headers=headers)).json()["title"] == title


async def test_nobody_is_told_success_when_the_commit_fails(probe: ServiceHarness) -> None:
    async with probe.runtime.engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    await _break_commits(probe)
    headers = probe.headers(probe.member())
    answers = [await probe.http.post(NOTES, json={"title": "Lost"}, headers=headers) for _ in range(20)]
    keyed = await probe.http.post(NOTES, json={"title": "Lost"}, headers=headers | {"Idempotency-Key": "k"})
    assert {answer.status_code for answer in [*answers, keyed]} == {503}
    assert (await probe.http.get(NOTES, headers=headers)).json() == []
    assert await probe.published() == []


async def _break_commits(probe: ServiceHarness) -> None:
    """Make every COMMIT that wrote a note fail, as a lost connection would."""
    admin = await asyncpg.connect(probe.database.admin_dsn)
    try:
        await admin.execute("SET search_path = tasks")
        await admin.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;"
            "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    finally:
        await admin.close()


async def test_live_asks_nothing_and_ready_says_when_the_database_is_gone(probe: ServiceHarness) -> None:
    assert (await probe.http.get("/health/ready")).status_code == 200
    await _end_database(probe)
    assert (await probe.http.get("/health/live")).status_code == 200
    answer = await probe.http.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] is False


@pytest.mark.parametrize("setting", ["temp_file_limit = 0", "default_transaction_read_only = on"])
async def test_a_database_that_cannot_be_written_is_not_ready_though_it_answers(
    probe: ServiceHarness, setting: str
) -> None:
    admin = await asyncpg.connect(probe.database.admin_dsn)
    try:
        # The limit stands for a full disk: the same write of the same statement fails.
        await admin.execute(f'ALTER DATABASE "{probe.database.name}" SET {setting}')
    finally:
        await admin.close()
    answer = await probe.http.get("/health/ready")
    assert (answer.status_code, answer.json()["checks"]["database"]) == (503, False)
    assert (await probe.http.get("/health/live")).status_code == 200


async def test_a_statement_and_its_transaction_end_with_the_deadline_of_the_request(probe: ServiceHarness) -> None:
    member = probe.member()
    with deadline.narrowed(3):
        async with probe.uow.begin(member) as transaction:
            bound = await transaction.session.scalar(
                text("SELECT setting::int FROM pg_settings WHERE name = 'statement_timeout'")
            )
    assert 0 < bound <= 3000
    with deadline.narrowed(0), pytest.raises(TimeoutError):
        async with probe.uow.begin(member):
            pass
    headers = probe.headers(member) | {deadline.HEADER: "0"}
    assert (await probe.http.post(NOTES, json={"title": "Late"}, headers=headers)).status_code == 503
    assert (await probe.http.get(NOTES, headers=probe.headers(member))).json() == []


async def _end_database(probe: ServiceHarness) -> None:
    admin = await asyncpg.connect(probe.database.admin_dsn, database="postgres")
    try:
        name = probe.database.name
        await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
    finally:
        await admin.close()


async def test_the_description_stays_complete_when_routes_are_added(probe_service: Service) -> None:
    api = build_api(probe_service)
    before = api.openapi()["paths"][NOTES]["post"]["responses"]
    api.include_router(APIRouter())
    api.add_api_route("/more", lambda: None)
    assert api.openapi()["paths"][NOTES]["post"]["responses"] == before
    assert "default" in before
