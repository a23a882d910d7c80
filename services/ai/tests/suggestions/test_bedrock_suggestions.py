"""The service with a model behind it: what suggestions and ledger tell, and that no transaction waits for it."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from pydantic import ValidationError
from sqlalchemy import text

from smartstack_ai.llm.offline import OfflineEngine
from smartstack_ai.main import service
from smartstack_ai.settings import AiSettings
from smartstack_ai.suggestions.consumers import engine
from smartstack_bedrock_proxy.stub import Answer, Failure, Slow
from smartstack_bedrock_proxy.testing import MODEL, World
from smartstack_chassis.testing.harness import ServiceHarness, service_harness

ASKING = "Could you send the updated wireframes by Thursday? Also the footer logo looks stretched."
FOUND = {
    "findings": [
        {
            "kind": "task",
            "title": "Send the wireframes",
            "sentences": [1],
            "due_phrase": "by Thursday",
            "due_date": "2026-11-26",
            "confidence": 0.95,
        }
    ]
}


@pytest.fixture
async def ai(postgres_admin_url: str, world: World) -> AsyncIterator[ServiceHarness]:
    settings = {
        "engine": "bedrock",
        "bedrock_url": world.url,
        "bedrock_model": MODEL,
        "bedrock_token_key": json.dumps(world.key.as_dict(private=True)),
    }
    async with service_harness(service, postgres_admin_url, settings=settings) as harness:
        yield harness


async def ledger(ai: ServiceHarness, studio: Any) -> list[Any]:
    async with ai.uow.begin(studio.member) as transaction:
        rows = await transaction.session.execute(text("SELECT * FROM model_calls ORDER BY id"))
        return list(rows.all())


async def created(ai: ServiceHarness) -> list[dict[str, Any]]:
    events = [each for each in await ai.published() if each.type == "smartstack.ai.suggestion_created.v1"]
    return [each.data.model_dump(mode="json") for each in events]


async def test_a_suggestion_tells_its_engine_and_the_ledger_its_cost(
    ai: ServiceHarness, studio: Any, world: World
) -> None:
    world.stub.script(Answer(tool=FOUND, usage=(900, 80)))
    await studio.says(ASKING)
    (item,) = await studio.suggestions()
    assert (item["engine"], item["fallback_reason"]) == ("bedrock", None)
    assert item["fields"]["title"] == "Send the wireframes"
    assert item["evidence"][0]["quote"] == "Could you send the updated wireframes by Thursday?"
    (call,) = await ledger(ai, studio)
    assert (call.engine, call.model, call.prompt_version, call.outcome) == ("bedrock", MODEL, "1", "answered")
    assert (call.input_tokens, call.output_tokens, float(call.cost_usd)) == (900, 80, 0.0039)
    assert str(call.message_id) == item["message_id"]
    async with ai.uow.begin(studio.member) as transaction:
        row = (await transaction.session.execute(text("SELECT engine_version, model_call_id FROM suggestions"))).one()
    assert (row.engine_version, row.model_call_id) == (f"1/{MODEL}", call.id)
    assert world.spent(studio.member.workspace_id)["calls"] == 1
    (event,) = await created(ai)
    assert (event["engine"], "fallback_reason" in event) == ("bedrock", False)


async def test_a_message_delivered_again_is_not_paid_again(ai: ServiceHarness, studio: Any, world: World) -> None:
    world.stub.script(Answer(tool=FOUND))
    await ai.deliver(studio.message(ASKING), times=4)
    assert (len(await studio.suggestions()), len(world.stub.received)) == (1, 1)


async def test_the_offline_engine_stands_in_and_api_event_and_ledger_say_so(
    ai: ServiceHarness, studio: Any, world: World
) -> None:
    world.stub.script(Failure("AccessDeniedException"))
    await studio.says(ASKING)
    items = await studio.suggestions()
    assert [(item["engine"], item["fallback_reason"]) for item in items] == [("offline", "refused")] * 2
    assert [event["fallback_reason"] for event in await created(ai)] == ["refused"] * 2
    (call,) = await ledger(ai, studio)
    assert (call.engine, call.outcome, call.input_tokens, call.cost_usd) == ("bedrock", "refused", 0, 0)


async def test_a_message_without_work_is_in_the_ledger_too(ai: ServiceHarness, studio: Any, world: World) -> None:
    world.stub.script(Answer(tool={"findings": []}, usage=(10, 1)))
    await studio.says("The launch went well, everybody is happy with it.")
    assert await studio.suggestions() == []
    assert [call.outcome for call in await ledger(ai, studio)] == ["answered"]


async def test_messages_that_waited_for_their_workspace_are_read_once_each(
    ai: ServiceHarness, unannounced: Any, world: World
) -> None:
    for _ in range(3):
        await unannounced.says(ASKING)
    assert world.stub.received == []
    world.stub.script(*[Answer(tool=FOUND)] * 3)
    await unannounced.announced()
    items = await unannounced.suggestions()
    assert [item["engine"] for item in items] == ["bedrock"] * 3
    assert len({item["message_id"] for item in items}) == len(world.stub.received) == 3


async def test_messages_and_their_workspace_at_once_miss_nothing(
    ai: ServiceHarness, unannounced: Any, world: World
) -> None:
    world.stub.script(*[Answer(tool=FOUND)] * 40)
    said = [ai.deliver(unannounced.message(ASKING)) for _ in range(6)]
    await asyncio.gather(*said[:3], unannounced.announced(), *said[3:])
    assert len(await unannounced.suggestions()) == 6


async def test_no_transaction_is_open_while_a_model_thinks(ai: ServiceHarness, studio: Any, world: World) -> None:
    world.stub.script(Slow(before=0.6, answer=Answer(tool=FOUND)))
    reading = asyncio.create_task(studio.says(ASKING))
    admin = await asyncio.wait_for(asyncpg.connect(ai.database.admin_dsn), 5)
    try:
        while not world.stub.received:
            await asyncio.sleep(0.01)
        busy = await admin.fetch(
            "SELECT state, query FROM pg_stat_activity WHERE datname = $1 AND usename = 'ai_app' "
            "AND state <> 'idle' AND query NOT LIKE '%outbox%'",
            ai.database.name,
        )
        assert [dict(row) for row in busy] == []
        assert not reading.done()
    finally:
        await admin.close()
    await reading
    assert len(await studio.suggestions()) == 1


async def test_another_workspaces_calls_are_not_in_ones_ledger(
    ai: ServiceHarness, studio: Any, stranger: Any, world: World
) -> None:
    world.stub.script(Answer(tool=FOUND))
    await studio.says(ASKING)
    assert (len(await ledger(ai, studio)), await ledger(ai, stranger)) == (1, [])


async def test_the_engine_is_chosen_for_as_long_as_the_service_runs(postgres_admin_url: str) -> None:
    async with service_harness(service, postgres_admin_url):
        assert isinstance(engine.engine, OfflineEngine)


@pytest.mark.parametrize("missing", ["bedrock_url", "bedrock_model", "bedrock_token_key"])
def test_a_bedrock_engine_without_its_settings_does_not_start(missing: str) -> None:
    values = {"bedrock_url": "http://x", "bedrock_model": "m", "bedrock_token_key": "{}"} | {missing: None}
    with pytest.raises(ValidationError, match=f"SMARTSTACK_{missing.upper()}"):
        AiSettings(database_url="x", engine="bedrock", **values)  # type: ignore[arg-type]


def test_whoever_stays_offline_imports_no_model_library() -> None:
    code = "import json, sys, smartstack_ai.main; print(json.dumps(list(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert not {"pydantic_ai", "boto3", "smartstack_bedrock_proxy"} & set(json.loads(loaded.stdout))
