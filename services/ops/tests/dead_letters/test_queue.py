"""Dead letters in real queues: looking, giving back, discarding, and what is left when that breaks off."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest
from botocore.exceptions import ClientError

from smartstack_chassis.core.errors import NotFound
from smartstack_contracts import new_id, topology
from smartstack_contracts.events.comms import ClientUpdated
from smartstack_ops.dead_letters.audit import Audit
from smartstack_ops.dead_letters.messages import Choice
from smartstack_ops.dead_letters.queue import DeadLetterQueue
from smartstack_ops.testing import Queues

QUEUE = "tasks-dlq"
ME = "operator:me"


def of(workspace: UUID | None = None, **choice: Any) -> Choice:
    return Choice(workspace, **choice)


async def test_looking_takes_nothing(queues: Queues) -> None:
    workspace = new_id()
    wanted = {await queues.put_event(workspace) for _ in range(25)}
    for _ in range(3):
        queues.dead_letters._seen.clear()
        assert {letter.event_id for letter in await queues.dead_letters.letters(QUEUE, of(workspace))} == wanted
    assert {json.loads(message["Body"])["id"] for message in await queues.take_all(QUEUE)} == wanted


async def test_a_letter_says_what_it_is_about_and_why_it_is_here(queues: Queues) -> None:
    workspace, trace = new_id(), "0af7651916cd43dd8448eb211c80319c"
    event_id = await queues.put_event(
        workspace, traceparent=f"00-{trace}-b7ad6b7169203331-01", dlq_receive_count="3", dlq_message_id="m-1"
    )
    [letter] = await queues.dead_letters.letters(QUEUE, of(workspace))
    assert (letter.event_id, letter.message_id, letter.attempts) == (event_id, "m-1", 3)
    assert (letter.reason, letter.trace_id) == ("it broke", trace)
    assert letter.type == "smartstack.comms.client_created.v1"
    assert letter.workspace_id == workspace


async def test_a_letter_without_a_reason_tells_its_last_error_where_that_is_known(queues: Queues) -> None:
    message_id = await queues.put(json.dumps({"type": "x", "workspaceid": str(new_id())}))
    [letter] = await queues.dead_letters.letters(QUEUE, of())
    assert letter.reason == "handled 5 times without success"

    async def known(letters: Any) -> dict[str, str]:
        return {letter.message_id: "ValueError" for letter in letters}

    queues.dead_letters._last_errors = known
    queues.dead_letters._seen.clear()
    [letter] = await queues.dead_letters.letters(QUEUE, of(ids=frozenset([message_id])))
    assert letter.reason == "handled 5 times without success: ValueError"


async def test_a_redrive_sends_the_very_message_to_its_inbox_and_is_audited(queues: Queues) -> None:
    workspace = new_id()
    event_id = await queues.put_event(workspace, dlq_source="tasks-inbox", traceparent="tp", name="Grüße 🦊")
    [before] = await queues.dead_letters.letters(QUEUE, of())
    outcome = await queues.dead_letters.redrive(QUEUE, of(workspace), ME)
    assert (outcome.done, outcome.remaining, outcome.failed) == (1, 0, [])
    [sent] = await queues.take_all("tasks-inbox")
    assert sent["Body"] == before.body
    assert set(sent["MessageAttributes"]) == {"type", "workspaceid", "traceparent"}
    assert await queues.take_all(QUEUE) == []
    [entry] = await queues.dead_letters.audit(workspace, 10, None)
    assert (entry.actor, entry.action, entry.queue, entry.event_id) == (ME, "redrive", QUEUE, event_id)
    assert (entry.reason, entry.type, entry.why) == ("it broke", "smartstack.comms.client_created.v1", None)


@pytest.fixture
def second_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    second = topology.Queue(service="tasks", role="renaming", feed=(ClientUpdated,))
    monkeypatch.setattr(topology, "QUEUES", (*topology.QUEUES, second))


@pytest.mark.usefixtures("second_queue")
async def test_a_letter_of_a_second_queue_goes_back_into_that_queue(queues: Queues) -> None:
    await queues.put("{}", queue="tasks-renaming-dlq")
    assert "tasks-renaming-dlq" in queues.dead_letters.names
    outcome = await queues.dead_letters.redrive("tasks-renaming-dlq", of(), ME)
    assert outcome.done == 1
    assert [sent["Body"] for sent in await queues.take_all("tasks-renaming")] == ["{}"]
    assert await queues.take_all("tasks-inbox") == []


async def test_a_discard_deletes_lets_the_consumer_know_and_keeps_the_reason_why(queues: Queues) -> None:
    workspace = new_id()
    event_id = await queues.put_event(workspace)
    assert (await queues.dead_letters.discard(QUEUE, of(workspace), ME, "a test")).done == 1
    assert await queues.take_all(QUEUE) == []
    [mark] = await queues.take_all("tasks-inbox")
    texts = {name: value["StringValue"] for name, value in mark["MessageAttributes"].items()}
    assert texts == {
        "discarded": event_id,
        "type": "smartstack.comms.client_created.v1",
        "workspaceid": str(workspace),
    }
    [entry] = await queues.dead_letters.audit(workspace, 10, None)
    assert (entry.action, entry.why) == ("discard", "a test")


async def test_only_what_was_chosen_is_touched(queues: Queues) -> None:
    mine, other = new_id(), new_id()
    first, second = await queues.put_event(mine), await queues.put_event(mine, dlq_reason="something else")
    foreign, nobodys = await queues.put_event(other), await queues.put("{")
    assert (await queues.dead_letters.redrive(QUEUE, of(mine, ids=frozenset([foreign, nobodys])), ME)).done == 0
    assert (await queues.dead_letters.redrive(QUEUE, of(mine, reason="something else"), ME)).done == 1
    [sent] = await queues.take_all("tasks-inbox")
    assert json.loads(sent["Body"])["id"] == second
    left = await queues.dead_letters.letters(QUEUE, of())
    assert {letter.event_id or letter.message_id for letter in left} == {first, foreign, nobodys}


async def test_what_nobody_can_read_is_nobodys(queues: Queues) -> None:
    workspace = new_id()
    await queues.put("{")
    await queues.put(json.dumps({"workspaceid": str(new_id())}), workspaceid=str(workspace))
    assert await queues.dead_letters.letters(QUEUE, of(workspace)) == []
    assert len(await queues.dead_letters.letters(QUEUE, of())) == 2


async def test_killed_between_sending_and_deleting_a_letter_is_in_both_queues(
    queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it is sent again at the next redrive, and the consumer's inbox table knows its id."""
    workspace = new_id()
    event_id = await queues.put_event(workspace)

    async def dies(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as killed:
        killed.setattr(DeadLetterQueue, "delete", dies)
        with pytest.raises(ConnectionError):
            await queues.dead_letters.redrive(QUEUE, of(workspace), ME)
    assert (await queues.dead_letters.redrive(QUEUE, of(workspace), ME)).done == 1
    assert [json.loads(sent["Body"])["id"] for sent in await queues.take_all("tasks-inbox")] == [event_id, event_id]
    assert len(await queues.dead_letters.audit(workspace, 10, None)) == 2


@pytest.mark.parametrize("action", ["redrive", "discard"])
async def test_what_cannot_be_audited_is_not_done(queues: Queues, action: str) -> None:
    await queues.put_event(new_id())
    await queues.s3.delete_bucket(Bucket=queues.environment.audit_bucket(""))
    arguments = (QUEUE, of(), ME, "why")[: 4 if action == "discard" else 3]
    with pytest.raises(ClientError, match="NoSuchBucket"):
        await getattr(queues.dead_letters, action)(*arguments)
    assert await queues.take_all("tasks-inbox") == []
    assert len(await queues.take_all(QUEUE)) == 1


async def test_what_sqs_refuses_is_reported_and_stays(queues: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = new_id()
    for _ in range(12):
        await queues.put_event(workspace)
    send = DeadLetterQueue.send_to_inbox

    async def refuse_the_first(self: DeadLetterQueue, letters: Any) -> Any:
        return [letters[0], *await send(self, letters[1:])]

    monkeypatch.setattr(DeadLetterQueue, "send_to_inbox", refuse_the_first)
    outcome = await queues.dead_letters.redrive(QUEUE, of(workspace), ME)
    assert (outcome.done, len(outcome.failed)) == (10, 2)
    assert {letter.id for letter in outcome.failed} == {
        letter.event_id for letter in await queues.dead_letters.letters(QUEUE, of(workspace))
    }


async def test_large_messages_go_back_too(queues: Queues) -> None:
    for _ in range(5):
        await queues.put("x" * 250_000)
    assert (await queues.dead_letters.redrive(QUEUE, of(), ME)).done == 5
    assert [len(sent["Body"]) for sent in await queues.take_all("tasks-inbox")] == [250_000] * 5


async def test_when_time_is_up_the_rest_stays_and_is_counted(queues: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(15):
        await queues.put_event(new_id())

    async def slow(*_: Any) -> None:
        await asyncio.sleep(4)

    monkeypatch.setattr(Audit, "write", slow)
    queues.dead_letters._seconds = 4
    outcome = await queues.dead_letters.redrive(QUEUE, of(), ME)
    assert (outcome.done, outcome.remaining) == (10, 5)
    assert len(await queues.take_all(QUEUE)) == 5


async def test_what_there_was_no_time_to_look_at_remains(queues: Queues) -> None:
    for _ in range(15):
        await queues.put_event(new_id())
    queues.dead_letters._seconds = 0
    outcome = await queues.dead_letters.redrive(QUEUE, of(), ME)
    assert (outcome.done, outcome.remaining) == (0, 15)
    queues.dead_letters._seconds, queues.dead_letters._most = 10, 10
    outcome = await queues.dead_letters.redrive(QUEUE, of(), ME)
    assert outcome.done >= 10
    assert outcome.done + outcome.remaining == 15


async def test_the_audit_is_read_newest_first_page_by_page(queues: Queues) -> None:
    workspace = new_id()
    for number in range(5):
        await queues.put_event(workspace if number != 2 else new_id())
        await queues.dead_letters.discard(QUEUE, of(), ME, str(number))
    pages, last = [], None
    while page := await queues.dead_letters.audit(workspace, 2, last):
        pages.append([entry.why for entry in page])
        last = page[-1].id
    assert pages == [["4", "3"], ["1", "0"]]
    assert len(await queues.dead_letters.audit(None, 10, None)) == 5


async def test_queues_are_counted_with_the_workspaces_own_dead_letters(queues: Queues) -> None:
    workspace = new_id()
    await queues.put_event(workspace)
    await queues.put_event(new_id())
    await queues.put("waiting", queue="tasks-inbox")
    [tasks] = [state for state in await queues.dead_letters.queues(workspace) if state.service == "tasks"]
    assert (tasks.queue, tasks.visible, tasks.in_flight, tasks.dead_letters) == ("tasks-inbox", 1, 0, 1)


async def test_a_queue_that_there_is_not_is_not_found(queues: Queues) -> None:
    with pytest.raises(NotFound):
        await queues.dead_letters.letters("payroll-dlq", of())


async def test_the_audit_of_a_workspace_reads_no_entry_of_another(
    queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, theirs = new_id(), new_id()
    for workspace in (theirs, theirs, mine, theirs):
        await queues.put_event(workspace)
    await queues.dead_letters.discard("tasks-dlq", Choice(), "operator:me", "x")
    read: list[str] = []
    get = Audit._get

    async def counted(self: Audit, key: str) -> Any:
        read.append(key)
        return await get(self, key)

    monkeypatch.setattr(Audit, "_get", counted)
    assert len(await queues.dead_letters.audit(mine, 10, None)) == 1
    assert len(read) == 1
