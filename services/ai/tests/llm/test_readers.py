"""Reading in processes of their own: what a message does to its reader stays with that message."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from smartstack_ai.language.propose import propose
from smartstack_ai.llm import readers as module
from smartstack_ai.llm.offline import OfflineEngine
from smartstack_ai.llm.readers import Readers, ReadingFailedError, Template
from smartstack_ai.values import Proposal, SourceText
from smartstack_chassis.core.errors import Unavailable

ASKING = "Could you send the updated wireframes by Thursday?"


def source(text: str, workspace_id: UUID | None = None) -> SourceText:
    at = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    return SourceText(text, at, ZoneInfo("Europe/London"), "inbound", workspace_id or uuid4())


@pytest.fixture
def gate() -> Iterator[tuple[int, int]]:
    """A pipe: a reader waits until a byte is written."""
    read, write = os.pipe()
    yield read, write
    os.close(read)
    os.close(write)


@pytest.fixture
def template(monkeypatch: pytest.MonkeyPatch, gate: tuple[int, int]) -> Iterator[Template]:
    """Readers that misbehave on request; they are forked, and so inherit this."""

    def misbehave(message: SourceText) -> list[Proposal]:
        acts: dict[str, Callable[[], Any]] = {
            "spin": lambda: [None for _ in iter(time.monotonic, None)],
            "die": lambda: os.kill(os.getpid(), signal.SIGKILL),
            "raise": lambda: int("secret"),
            "report niceness": lambda: os.write(gate[1], bytes([os.nice(0)])),
            "wait": lambda: os.read(gate[0], 1),
        }
        if act := acts.get(message.text):
            act()
        return propose(message)

    monkeypatch.setattr(module, "propose", misbehave)
    made = Template(cpu_seconds=0.2)
    yield made
    made.close()


async def test_a_reader_answers_as_the_engine_does(template: Template) -> None:
    readers = Readers(template, 1)
    asked = source(ASKING)
    assert await readers.answer(asked) == await OfflineEngine().answer(asked)
    assert (await readers.answer(asked)).proposals


@pytest.mark.parametrize("text", ["spin", "die"])
async def test_a_message_that_ends_its_reader_may_be_tried_again_and_the_next_is_read(
    template: Template, text: str
) -> None:
    readers = Readers(template, 1)
    for _ in range(2):
        with pytest.raises(Unavailable) as ended:
            await readers.answer(source(text))
        assert ended.value.retryable
    assert (await readers.answer(source(ASKING))).proposals


async def test_an_error_of_the_engine_is_reported_without_the_text(template: Template) -> None:
    readers = Readers(template, 1)
    with pytest.raises(ReadingFailedError, match=r"^ValueError$"):
        await readers.answer(source("raise"))
    assert (await readers.answer(source(ASKING))).proposals


async def test_while_one_message_is_read_others_are(template: Template, gate: tuple[int, int]) -> None:
    readers = Readers(template, 2)
    slow = asyncio.create_task(readers.answer(source("wait")))
    for _ in range(3):
        assert (await readers.answer(source(ASKING))).proposals
    assert not slow.done()
    os.write(gate[1], b"x")
    assert [proposal.title for proposal in (await slow).proposals] == ["Wait"]


async def test_slow_messages_of_one_workspace_leave_a_reader_to_the_others(
    template: Template, gate: tuple[int, int]
) -> None:
    readers = Readers(template, 2)
    flooding = uuid4()
    slow = [asyncio.create_task(readers.answer(source("wait", flooding))) for _ in range(4)]
    await asyncio.sleep(0.1)
    assert (await readers.answer(source(ASKING))).proposals
    assert not any(task.done() for task in slow)
    os.write(gate[1], b"x" * 4)
    assert all(answer.proposals for answer in await asyncio.gather(*slow))


async def test_readers_yield_the_processor_to_the_processes_that_answer_requests(
    template: Template, gate: tuple[int, int]
) -> None:
    await Readers(template, 1).answer(source("report niceness"))
    (niceness,) = os.read(gate[0], 1)
    assert niceness == min(19, os.nice(0) + module.NICENESS)


async def test_the_answer_to_a_cancelled_question_reaches_nobody(template: Template, gate: tuple[int, int]) -> None:
    readers = Readers(template, 1)
    slow = asyncio.create_task(readers.answer(source("wait")))
    await asyncio.sleep(0.1)
    slow.cancel()
    await asyncio.wait({slow})
    os.write(gate[1], b"x")
    assert (await readers.answer(source(ASKING))).proposals


async def test_without_its_template_the_process_stops_and_the_message_waits(
    template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_to_stop: list[int] = []
    monkeypatch.setattr(module.os, "kill", lambda _, name: asked_to_stop.append(name))
    template.close()
    with pytest.raises(Unavailable):
        await Readers(template, 1).answer(source(ASKING))
    assert asked_to_stop == [signal.SIGTERM]
