"""The emulator keeps what it acknowledged: killed at any moment, and started on any port."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from smartstack_cli.local import aws
from smartstack_cli.local.ports import free_port

ACCOUNT = "000000000000"


@contextmanager
def emulator(folder: Path, port: int | None = None) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """An emulator that keeps its state in `folder`; killed at the end."""
    port = port or free_port()
    with (folder / "log").open("ab") as output:
        process = aws.program(port, folder / "aws").start(output)
    try:
        aws.wait_until_ready(process, port, folder / "log")
        yield port, process
    finally:
        process.kill()
        process.wait()


@asynccontextmanager
async def client(port: int, service: str = "sqs", key: str = "any") -> AsyncIterator[Any]:
    """An AWS client of that emulator."""
    async with get_session().create_client(
        service,
        endpoint_url=aws.url(port),
        region_name="eu-west-1",
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key=key,
        config=AioConfig(signature_version="s3v4") if service == "s3" else None,
    ) as made:
        yield made


async def bodies(sqs: Any, url: str) -> list[str]:
    """Take everything out of a queue that can be received now."""
    found: list[str] = []
    while messages := (await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)).get("Messages"):
        found += [message["Body"] for message in messages]
        for message in messages:
            await sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return sorted(found)


async def test_a_queue_is_the_same_queue_on_another_port(tmp_path: Path) -> None:
    for number in range(3):
        with emulator(tmp_path) as (port, _):
            async with client(port) as sqs:
                url = (await sqs.create_queue(QueueName="inbox"))["QueueUrl"]
                assert f":{port}/" in url
                await sqs.send_message(QueueUrl=url, MessageBody=f"run {number}")
                assert len((await sqs.list_queues())["QueueUrls"]) == 1
    with emulator(tmp_path) as (port, _):
        async with client(port) as sqs:
            url = (await sqs.get_queue_url(QueueName="inbox"))["QueueUrl"]
            assert await bodies(sqs, url) == ["run 0", "run 1", "run 2"]


async def test_what_earlier_runs_kept_under_other_ports_comes_together_again(tmp_path: Path) -> None:
    queues = {}
    for port, body in ((20001, "first"), (20002, "second")):
        url = f"http://localhost:{port}/{ACCOUNT}/inbox"
        message = {"id": body, "body": body, "md5": "", "sent_at": port, "visible_at": 0, "receive_count": 0}
        attributes = {"QueueArn": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:inbox", "MessageRetentionPeriod": "9999999999"}
        attributes |= {"LastModifiedTimestamp": str(port), "VisibilityTimeout": "30"}
        queue = {"name": "inbox", "url": url, "is_fifo": False, "attributes": attributes}
        queue |= {"messages": [message], "tags": {}, "dedup_cache": {}, "fifo_seq": 0}
        queues[f"{ACCOUNT}\x00eu-west-1\x00{url!r}"] = queue
    scoped = {"__account_region_scoped__": True, "data": queues}
    state = {"__ministack_format__": 2, "payload": {"queues": scoped, "queue_name_to_url": {}}}
    (tmp_path / "aws" / "state").mkdir(parents=True)
    (tmp_path / "aws" / "state" / "sqs.json").write_text(json.dumps(state))
    with emulator(tmp_path) as (port, _):
        async with client(port) as sqs:
            (url,) = (await sqs.list_queues())["QueueUrls"]
            assert await bodies(sqs, url) == ["first", "second"]


async def send_for_ever(sqs: Any, url: str, sent: list[str], acknowledged: list[str]) -> None:
    """Send one message after the other; one that is sent without an answer may be there too."""
    while True:
        sent.append(str(len(sent)))
        await sqs.send_message(QueueUrl=url, MessageBody=sent[-1])
        acknowledged.append(sent[-1])


async def test_every_acknowledged_message_survives_a_kill_under_load(tmp_path: Path) -> None:
    port, sent, kept = free_port(), list[str](), list[str]()
    for _ in range(4):
        with emulator(tmp_path, port) as (_, process):
            async with client(port) as sqs:
                url = (await sqs.create_queue(QueueName="inbox"))["QueueUrl"]

                acknowledged: list[str] = []
                sending = asyncio.create_task(send_for_ever(sqs, url, sent, acknowledged))
                while len(acknowledged) < 40:
                    await asyncio.sleep(0)
                process.kill()
                sending.cancel()
                await asyncio.wait([sending])
                kept += acknowledged
    with emulator(tmp_path, port) as (_, _):
        async with client(port) as sqs:
            found = await bodies(sqs, (await sqs.get_queue_url(QueueName="inbox"))["QueueUrl"])
    assert set(kept) <= set(found) <= set(sent)
    assert len(found) == len(set(found))


async def test_a_topic_delivers_after_a_kill_right_after_it_was_subscribed(tmp_path: Path) -> None:
    with emulator(tmp_path) as (port, _):
        async with client(port) as sqs, client(port, "sns") as sns:
            url = (await sqs.create_queue(QueueName="inbox"))["QueueUrl"]
            arn = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:inbox"
            topic = (await sns.create_topic(Name="events"))["TopicArn"]
            await sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    with emulator(tmp_path) as (port, process):
        async with client(port, "sns") as sns:
            await sns.publish(TopicArn=topic, Message="hello")
        process.kill()
    with emulator(tmp_path) as (port, _):
        async with client(port) as sqs:
            url = (await sqs.get_queue_url(QueueName="inbox"))["QueueUrl"]
            assert await bodies(sqs, url) == ["hello"]


async def test_what_was_received_or_deleted_before_a_kill_stays_so(tmp_path: Path) -> None:
    with emulator(tmp_path) as (port, _):
        async with client(port) as sqs:
            url = (await sqs.create_queue(QueueName="inbox", Attributes={"VisibilityTimeout": "600"}))["QueueUrl"]
            for body in ("deleted", "in hand", "waiting"):
                await sqs.send_message(QueueUrl=url, MessageBody=body)
            first, second = [await sqs.receive_message(QueueUrl=url) for _ in range(2)]
            await sqs.delete_message(QueueUrl=url, ReceiptHandle=first["Messages"][0]["ReceiptHandle"])
    with emulator(tmp_path) as (port, _):
        async with client(port) as sqs:
            url = (await sqs.get_queue_url(QueueName="inbox"))["QueueUrl"]
            handle = second["Messages"][0]["ReceiptHandle"]
            await sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
            names = ["ApproximateReceiveCount"]
            again = await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=names)
            counts = {m["Body"]: m["Attributes"]["ApproximateReceiveCount"] for m in again["Messages"]}
            assert counts == {"in hand": "2", "waiting": "1"}


async def test_a_journal_that_was_cut_off_gives_what_is_whole(tmp_path: Path) -> None:
    with emulator(tmp_path) as (port, _):
        async with client(port) as sqs:
            url = (await sqs.create_queue(QueueName="inbox"))["QueueUrl"]
            await sqs.send_message(QueueUrl=url, MessageBody="whole")
    newest = max((tmp_path / "aws" / "state").glob("journal-*.jsonl"))
    with newest.open("ab") as file:
        file.write(b'{"queue":["000000000000","eu-w')
    with emulator(tmp_path) as (port, _):
        async with client(port) as sqs:
            assert await bodies(sqs, (await sqs.get_queue_url(QueueName="inbox"))["QueueUrl"]) == ["whole"]


@pytest.fixture
def signed(tmp_path: Path) -> Iterator[int]:
    """An emulator that serves those who know its secret; yields its port."""
    port = free_port()
    with (tmp_path / "log").open("ab") as output:
        process = aws.program(port, None, secret="known").start(output)
    try:
        aws.wait_until_ready(process, port, tmp_path / "log")
        yield port
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("service", ["sqs", "sns", "s3", "dynamodb"])
async def test_only_requests_that_are_signed_with_the_secret_are_served(signed: int, service: str) -> None:
    call = {"sqs": "list_queues", "sns": "list_topics", "s3": "list_buckets", "dynamodb": "list_tables"}[service]
    async with client(signed, service, "known") as friend, client(signed, service, "guessed") as stranger:
        await getattr(friend, call)()
        with pytest.raises(stranger.exceptions.ClientError, match="403"):
            await getattr(stranger, call)()


async def test_objects_are_stored_and_read_with_signatures_and_presigned_urls(signed: int) -> None:
    async with client(signed, "s3", "known") as s3, httpx.AsyncClient() as web:
        await s3.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        parameters = {"Bucket": "files", "Key": "a folder/ä+b.txt"}
        await s3.put_object(**parameters, Body=b"content")
        url = await s3.generate_presigned_url("get_object", Params=parameters, ExpiresIn=60)
        assert (await web.get(url)).content == b"content"
        assert (await web.get(url.replace("X-Amz-Signature=", "X-Amz-Signature=0"))).status_code == 403
        assert (await web.get(url.split("?")[0])).status_code == 403
        assert (await web.put(url, content=b"other")).status_code == 403


async def test_a_changed_body_does_not_match_its_signature(signed: int) -> None:
    async with client(signed, "sqs", "known") as sqs:
        taken: list[Any] = []
        sqs.meta.events.register("before-send.sqs", lambda request, **_: taken.append(request))
        await sqs.create_queue(QueueName="inbox")
    request = taken[0]
    headers = {str(name): value for name, value in request.headers.items()}
    headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in headers.items()}
    async with httpx.AsyncClient() as web:
        assert (await web.post(request.url, content=request.body, headers=headers)).status_code == 200
        forged = request.body.replace(b"inbox", b"other")
        assert (await web.post(request.url, content=forged, headers=headers)).status_code == 403


@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-site", 403), ("none", 200), (None, 200)])
async def test_what_a_page_of_another_site_causes_is_refused(signed: int, site: str | None, status: int) -> None:
    headers = {} if site is None else {"Sec-Fetch-Site": site}
    async with httpx.AsyncClient() as web:
        answer = await web.get(f"{aws.url(signed)}/_ministack/health", headers=headers)
    assert answer.status_code == status
