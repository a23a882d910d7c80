"""What happens between reading a message and storing what was found misses nothing."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from smartstack_ai.llm.offline import OfflineEngine
from smartstack_ai.llm.port import Answer
from smartstack_ai.suggestions import commands
from smartstack_ai.suggestions.consumers import engine
from smartstack_ai.values import SourceText
from smartstack_chassis.testing.harness import ServiceHarness

ASKING = "Please send the invoice by Thursday."


async def test_a_message_that_comes_while_waiting_ones_are_read_is_read_too(
    ai: ServiceHarness, unannounced: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    class Interrupted(OfflineEngine):
        async def answer(self, source: SourceText) -> Answer:
            if not read:
                await ai.deliver(unannounced.message("Please send the contract."))
            read.append(source.text)
            return await super().answer(source)

    monkeypatch.setattr(engine, "engine", Interrupted())
    await ai.deliver(unannounced.message(ASKING))
    await unannounced.announced()
    titles = sorted(item["fields"]["title"] for item in await unannounced.suggestions())
    assert titles == ["Send the contract", "Send the invoice"]


async def test_a_message_whose_workspace_becomes_known_before_it_is_put_by_is_read(
    unannounced: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = commands.prepare_reading

    async def overtaken(*given: Any) -> Callable[[], Awaitable[Answer | None]]:
        work = await prepare(*given)

        async def late() -> Answer | None:
            answer = await work()
            monkeypatch.undo()
            await unannounced.announced("America/Los_Angeles")
            return answer

        return late

    monkeypatch.setattr(commands, "prepare_reading", overtaken)
    await unannounced.says(ASKING)
    (item,) = await unannounced.suggestions()
    assert item["fields"]["due_at"] == "2026-11-26T23:59:59-08:00"
