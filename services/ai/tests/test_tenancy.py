"""A workspace is alone: every table, those added later included, against another workspace."""

from typing import Any

from smartstack_ai.llm.port import Answer, ModelCall
from smartstack_ai.main import service
from smartstack_ai.suggestions.consumers import engine
from smartstack_ai.values import SourceText
from smartstack_chassis.testing import conformance
from smartstack_chassis.testing.harness import ServiceHarness

OPERATIONS = conformance.operations(service)


class Costly:
    """An engine whose answers cost something."""

    async def answer(self, _: SourceText) -> Answer:
        return Answer([], "bedrock", "1/m", None, ModelCall("bedrock", "m", "1", 1, 1, None, 1, "answered", None))


async def test_no_table_shows_or_gives_up_a_row_outside_its_workspace(
    ai: ServiceHarness, studio: Any, monkeypatch: Any
) -> None:
    await studio.says("Please send the invoice by Thursday.")
    item = (await studio.suggestions())[0]
    url = f"/api/v1/suggestions/{item['id']}/dismiss"
    await ai.http.post(url, headers={**studio.headers, "Idempotency-Key": "k"})
    monkeypatch.setattr(engine, "engine", Costly())
    await studio.says("Please send the invoice by Thursday.")
    # Only a workspace that is not known yet has messages that wait for it.
    await conformance.check_tables(ai, studio.member, drained=frozenset({"outbox", "waiting_messages"}))


async def test_messages_that_wait_are_their_workspaces_own(ai: ServiceHarness, unannounced: Any) -> None:
    await unannounced.says("Please send the invoice by Thursday.")
    empty = frozenset({"outbox", "workspaces", "suggestions", "model_calls", "idempotency_keys", "event_log"})
    await conformance.check_tables(ai, unannounced.member, drained=empty)


async def test_no_operation_answers_without_the_right_token_or_with_a_foreign_id(
    ai: ServiceHarness, studio: Any, stranger: Any
) -> None:
    await studio.says("Please send the invoice by Thursday.")
    ids = {"suggestion_id": (await studio.suggestions())[0]["id"]}
    for operation in OPERATIONS:
        body = {} if operation.body is not None else None
        await conformance.check_tokens(ai, operation, body)
        await conformance.check_foreign(ai, operation, stranger.member, ids, body)


async def test_no_operation_answers_a_session_or_share_link_that_was_revoked(ai: ServiceHarness) -> None:
    for operation in OPERATIONS:
        await conformance.check_revocation(ai, operation, {} if operation.body is not None else None)


async def test_no_forged_token_opens_anything(ai: ServiceHarness) -> None:
    await conformance.check_forged_tokens(ai, "/api/v1/suggestions")
