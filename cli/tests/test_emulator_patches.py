"""What we change in the emulator: seen from outside through an AWS client, or inside where timing would blur it."""

import asyncio
import http.client
import json
import os
import subprocess
import threading
import time
import types
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiobotocore.session import get_session
from botocore.exceptions import ClientError
from smartstack_emulator import guard, patches

from smartstack_cli.local import aws
from smartstack_cli.local.ports import free_port
from smartstack_cli.testing import AwsAccount


@pytest.fixture
async def sqs(aws_account: AwsAccount) -> AsyncIterator[Any]:
    async with client(aws_account.endpoint_url, aws_account.access_key) as made:
        yield made


def client(endpoint_url: str, access_key: str = "000000000000") -> Any:
    return get_session().create_client(
        "sqs",
        endpoint_url=endpoint_url,
        region_name="eu-west-1",
        aws_access_key_id=access_key,
        aws_secret_access_key="test",
    )


async def a_queue(sqs: Any, name: str = "q", **attributes: str) -> str:
    return str((await sqs.create_queue(QueueName=name, Attributes=attributes))["QueueUrl"])


async def receive(sqs: Any, url: str, **options: int) -> list[dict[str, Any]]:
    answer = await sqs.receive_message(QueueUrl=url, **({"MaxNumberOfMessages": 10} | options))
    return list(answer.get("Messages", []))


async def test_a_long_poll_ends_when_a_message_arrives(sqs: Any) -> None:
    url = await a_queue(sqs)
    polling = asyncio.create_task(receive(sqs, url, WaitTimeSeconds=20))
    await sqs.send_message(QueueUrl=url, MessageBody="hello")
    assert [m["Body"] for m in await asyncio.wait_for(polling, 5)] == ["hello"]


async def test_a_sleeping_receive_is_woken_by_every_producer_and_not_by_its_tick() -> None:
    enqueued = threading.Event()
    module = types.SimpleNamespace(asyncio=asyncio)
    patches.wake_long_polls(module, enqueued, patches.Doorbell())
    sleeping = asyncio.create_task(module.asyncio.sleep(60))
    await asyncio.sleep(0)
    await asyncio.to_thread(enqueued.set)
    await asyncio.wait_for(sleeping, 5)
    assert enqueued.is_set()


async def test_at_sigusr1_all_long_polls_end_and_none_waits_any_more(tmp_path: Path, until: Any) -> None:
    port, log = free_port(), tmp_path / "log"
    with log.open("ab") as output:
        emulator = aws.program(port, None).start(output)
    try:
        aws.wait_until_ready(emulator, port, log)
        async with client(aws.url(port)) as sqs:
            url = await a_queue(sqs)
            polls = [asyncio.create_task(receive(sqs, url, WaitTimeSeconds=20)) for _ in range(3)]
            await receive(sqs, url)  # answered after the polls were taken in
            emulator.send_signal(aws.END_LONG_POLLS)
            assert await asyncio.wait_for(asyncio.gather(*polls), 5) == [[], [], []]
            await sqs.send_message(QueueUrl=url, MessageBody="still delivered")
            assert len(await receive(sqs, url, WaitTimeSeconds=20)) == 1
            assert await asyncio.wait_for(receive(sqs, url, WaitTimeSeconds=20), 5) == []
    finally:
        emulator.kill()
        emulator.wait()


class CountedMessages(list[dict[str, Any]]):
    """Counts how many messages were looked at."""

    looked_at = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for message in super().__iter__():
            self.looked_at += 1
            yield message


@pytest.mark.parametrize("depth", [100, 20_000])
def test_receiving_looks_at_no_more_messages_however_deep_the_queue_is(depth: int) -> None:
    messages = CountedMessages(
        {"visible_at": 0.0, "receive_count": 0, "sent_at": time.time(), "first_receive_at": None} for _ in range(depth)
    )
    queue = {"is_fifo": False, "messages": messages, "attributes": {}}
    module = types.SimpleNamespace(
        _collect_msgs=None,
        _dlq_sweep=pytest.fail,
        _expire_retained=pytest.fail,
        _ensure_msg_fields=lambda message: None,
        new_uuid=lambda: "handle",
    )
    patches.receive_without_scanning_the_queue(module, patches.Unobserved())
    module._expire_retained(queue)
    module._dlq_sweep(queue)
    assert len(module._collect_msgs(queue, 10, 30)) == 10
    assert messages.looked_at <= 30


async def test_messages_in_flight_are_hidden_and_come_back_in_their_order(sqs: Any) -> None:
    url = await a_queue(sqs)
    for number in range(12):
        await sqs.send_message(QueueUrl=url, MessageBody=str(number))
    first = await receive(sqs, url)
    assert [m["Body"] for m in first] == [str(n) for n in range(10)]
    await sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=first[3]["ReceiptHandle"], VisibilityTimeout=0)
    assert [m["Body"] for m in await receive(sqs, url)] == ["3", "10", "11"]


async def test_a_message_moves_to_the_dead_letter_queue_after_its_last_receive(sqs: Any) -> None:
    dead = await a_queue(sqs, "dead")
    arn = (await sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"]))["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "2"})
    url = await a_queue(sqs, "work", RedrivePolicy=policy, VisibilityTimeout="0")
    await sqs.send_message(QueueUrl=url, MessageBody="poison")
    assert [len(await receive(sqs, url)) for _ in range(3)] == [1, 1, 0]
    assert [m["Body"] for m in await receive(sqs, dead)] == ["poison"]


async def test_retention_still_removes_old_messages(sqs: Any) -> None:
    url = await a_queue(sqs, MessageRetentionPeriod="60")
    await sqs.send_message(QueueUrl=url, MessageBody="young")
    assert len(await receive(sqs, url)) == 1


def test_expired_messages_are_handed_to_the_emulators_own_rule() -> None:
    expired: list[Any] = []
    module = types.SimpleNamespace(_collect_msgs=None, _dlq_sweep=None, _expire_retained=expired.append)
    patches.receive_without_scanning_the_queue(module, patches.Unobserved())
    queue = {"attributes": {"MessageRetentionPeriod": "60"}, "messages": [{"sent_at": time.time() - 61}]}
    module._expire_retained(queue)
    assert expired == [queue]


async def test_deleting_twice_succeeds_and_a_malformed_receipt_is_refused(sqs: Any) -> None:
    url = await a_queue(sqs)
    await sqs.send_message(QueueUrl=url, MessageBody="once")
    handle = (await receive(sqs, url))[0]["ReceiptHandle"]
    for _ in range(2):
        await sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
    with pytest.raises(ClientError, match="ReceiptHandleIsInvalid"):
        await sqs.delete_message(QueueUrl=url, ReceiptHandle="nonsense")


async def test_deleting_a_batch_twice_succeeds_and_names_only_what_is_malformed(sqs: Any) -> None:
    url = await a_queue(sqs)
    await sqs.send_message(QueueUrl=url, MessageBody="once")
    handle = (await receive(sqs, url))[0]["ReceiptHandle"]
    entries = [{"Id": "known", "ReceiptHandle": handle}, {"Id": "odd", "ReceiptHandle": "nonsense"}]
    for _ in range(2):
        answer = await sqs.delete_message_batch(QueueUrl=url, Entries=entries)
        assert [entry["Id"] for entry in answer["Successful"]] == ["known"]
        assert [entry["Id"] for entry in answer["Failed"]] == ["odd"]


@pytest.mark.parametrize("headers", [{"Origin": "https://example.com"}, {"Host": "rebound.example.com"}])
def test_web_pages_are_refused(tmp_path: Path, headers: dict[str, str]) -> None:
    port = free_port()
    with aws.throwaway(tmp_path / "log", port):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/_ministack/health", headers=headers)
        assert connection.getresponse().status == 403
        connection.close()


async def passes_guard(hosts: set[str], origins: set[str], *headers: tuple[bytes, bytes]) -> bool:
    served: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        served.append(scope)

    async def ignore(message: Any) -> None:
        return None

    guarded: Callable[..., Any] = guard.Guard(application, frozenset(hosts), frozenset(origins))
    await guarded({"type": "http", "headers": headers}, None, ignore)
    return bool(served)


@pytest.mark.parametrize(("origin", "passes"), [(b"http://127.0.0.1:8000", True), (b"http://127.0.0.1:8001", False)])
async def test_only_listed_origins_may_call(origin: bytes, passes: bool) -> None:
    headers = [(b"host", b"127.0.0.1:1"), (b"origin", origin)]
    assert await passes_guard(set(), {"http://127.0.0.1:8000"}, *headers) == passes


@pytest.mark.parametrize(("hosts", "passes"), [(set(), False), ({"aws"}, True), ({"*"}, True), ({"other"}, False)])
async def test_only_listed_hosts_may_be_named(hosts: set[str], passes: bool) -> None:
    assert await passes_guard(hosts, set(), (b"host", b"aws:4566")) == passes


def test_another_version_of_the_emulator_is_refused(tmp_path: Path) -> None:
    metadata = tmp_path / "ministack-9.9.9.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Metadata-Version: 2.1\nName: ministack\nVersion: 9.9.9\n")
    program = aws.program(free_port(), None)
    path = os.pathsep.join([str(tmp_path), program.env["PYTHONPATH"]])
    result = subprocess.run(program.argv, env={**program.env, "PYTHONPATH": path}, capture_output=True, check=False)
    assert result.returncode == 1
    assert b"written for ministack 1.5.33, but 9.9.9 is installed" in result.stderr
