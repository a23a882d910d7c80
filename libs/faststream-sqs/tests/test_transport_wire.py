"""Two transports, one behaviour: what `fast` sends and reads is compared with what `botocore` sends and reads."""

import datetime
import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any
from unittest.mock import patch

import pytest
from aiobotocore.session import AioSession
from aiohttp import web
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials
from hypothesis import given
from hypothesis import strategies as st

from faststream_sqs.transport import Clients, ClientSettings, Transport
from faststream_sqs.transport.botocore import BotocoreTransport
from faststream_sqs.transport.fast import FastTransport
from faststream_sqs.transport.http import Endpoint
from faststream_sqs.transport.signing import Signer, SigningKeys
from faststream_sqs.wire import Entry

REGION = "eu-west-1"
QUEUE = "http://127.0.0.1/123456789012/orders"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:orders"
TOKEN = "FwoGZXIvYXdzE//+/a=="
PER_REQUEST = {"amz-sdk-invocation-id", "amz-sdk-request", "X-Amz-Date", "Authorization"}

PLAIN = Entry("text", {})
ODD = Entry(
    "é ~ *&=+%\n€ 😀 \"'\\ </x>",
    {
        "a": {"DataType": "String", "StringValue": "v € & ="},
        "n": {"DataType": "Number.int", "StringValue": "1"},
        "b": {"DataType": "Binary", "BinaryValue": b"\0\xff\xfe"},
    },
    group_id="g 1/ä",
    deduplication_id="d+1",
    delay=0,
    subject="s & t",
)

Call = Callable[[Transport], Awaitable[Any]]
CALLS: dict[str, Call] = {
    "receive": lambda t: t.receive(QUEUE, max_messages=7, wait_time=3),
    "receive again": lambda t: t.receive(f"{QUEUE}.fifo", max_messages=1, wait_time=0, attempt_id="0" * 32),
    "send": lambda t: t.send(QUEUE, ODD),
    "send batch": lambda t: t.send_batch(QUEUE, [ODD, PLAIN]),
    "delete batch": lambda t: t.delete_batch(QUEUE, ["h/1+=", "h2"]),
    "visibility batch": lambda t: t.visibility_batch(QUEUE, [("h1", 30), ("h2", 0)]),
    "publish": lambda t: t.publish(TOPIC, ODD),
    "publish batch": lambda t: t.publish_batch(TOPIC, [ODD, PLAIN]),
}


async def both(call: Call, endpoint_url: str, **settings: Any) -> list[Any]:
    """What `botocore` and `fast` make of a call."""
    results = []
    for kind in (BotocoreTransport, FastTransport):
        given = {"aws_access_key_id": "AKID", "aws_secret_access_key": "s/e+c", "aws_session_token": TOKEN}
        clients = Clients(ClientSettings(region=REGION, endpoint_url=endpoint_url, **(given | settings)))
        await clients.open()
        transport: Transport = await kind.open(clients)
        try:
            results.append(await call(transport))
        except Exception as error:  # noqa: BLE001 - the error is the result
            results.append(error)
        await transport.close()
        await clients.close()
    return results


def signed_again(request: web.BaseRequest, body: bytes, secret: str) -> str:
    """The signature that botocore's own signer gives a captured request."""
    found = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request, SignedHeaders=(\S+), Signature=\w+",
        request.headers["Authorization"],
    )
    assert found is not None
    key, region, service, names = found.groups()
    signer = SigV4Auth(Credentials(key, secret), service, region)
    url = f"http://{request.headers['Host']}{request.raw_path}"
    headers = {name: request.headers[name] for name in names.split(";")}
    again = AWSRequest(method=request.method, url=url, data=body, headers=headers)
    again.context["timestamp"] = request.headers["X-Amz-Date"]
    return str(signer.signature(signer.string_to_sign(again, signer.canonical_request(again)), again))


@pytest.mark.parametrize("prefix", ["", "/aws/v1"])
@pytest.mark.parametrize("name", CALLS)
async def test_requests_are_the_same_and_bear_a_valid_signature(loopback: Any, name: str, prefix: str) -> None:
    await both(CALLS[name], loopback.url + prefix)
    botocore, fast = loopback.requests
    assert loopback.bodies[0] == loopback.bodies[1]
    assert (botocore.method, botocore.raw_path) == (fast.method, fast.raw_path)
    assert {k: v for k, v in botocore.headers.items() if k not in PER_REQUEST and k != "User-Agent"} == {
        k: v for k, v in fast.headers.items() if k not in PER_REQUEST and k != "User-Agent"
    }
    assert fast.headers["X-Amz-Security-Token"] == TOKEN
    without_signature = [r.headers["Authorization"].partition("Signature=")[0] for r in loopback.requests]
    assert without_signature[0] == without_signature[1]
    for request, body in zip(loopback.requests, loopback.bodies, strict=True):
        assert request.headers["Authorization"].endswith(f"Signature={signed_again(request, body, 's/e+c')}")


@given(
    key=st.from_regex(r"[A-Z0-9]{4,20}", fullmatch=True),
    secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1),
    token=st.none() | st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1).filter(str.strip),
    path=st.text(st.sampled_from("ab /~é%+.-_"), max_size=8),
    body=st.binary(max_size=64),
    target=st.none() | st.from_regex(r"[A-Za-z.]{1,20}", fullmatch=True),
    when=st.datetimes(datetime.datetime(2001, 1, 1), datetime.datetime(2099, 12, 31)),  # noqa: DTZ001
)
def test_signatures_are_those_of_botocore(
    key: str,
    secret: str,
    token: str | None,
    path: str,
    body: bytes,
    target: str | None,
    when: datetime.datetime,
) -> None:
    moment = when.replace(microsecond=0, tzinfo=datetime.UTC)
    headers = {"Content-Type": "application/x-amz-json-1.0", "Host": "sqs.example.com:4566"}
    if target is not None:
        headers |= {"X-Amz-Target": target, "x-amzn-query-mode": "true"}
    request = AWSRequest(method="POST", url=f"https://sqs.example.com:4566/{path}", data=body, headers=headers)
    with patch("botocore.auth.get_current_datetime", return_value=moment.replace(tzinfo=None)):
        SigV4Auth(Credentials(key, secret, token), "sqs", REGION).add_auth(request)

    class Client:
        """The part of a client that an endpoint is made from."""

        class meta:  # noqa: N801 - botocore's name
            """Likewise."""

            endpoint_url = f"https://sqs.example.com:4566/{path}"
            region_name = REGION
            config = Config(proxies={})

            class service_model:  # noqa: N801 - botocore's name
                """Likewise."""

                signing_name = "sqs"
                error_shapes = ()

    del headers["Host"]
    signer = Endpoint(Client).operation(headers)
    signed = signer.sign(body, ReadOnlyCredentials(key, secret, token, None), moment.timestamp())
    assert signed == dict(request.headers.items())


def test_the_key_of_a_day_is_not_used_for_another_day_or_secret() -> None:
    keys = SigningKeys("sqs", REGION)
    signer = Signer(keys, path="/", headers={"Host": "h"})
    first = ReadOnlyCredentials("A", "one", None, None)
    second = ReadOnlyCredentials("A", "two", None, None)
    days = (0.0, 86_400.0)
    seen = {signer.sign(b"", who, day)["Authorization"] for who in (first, second) for day in days}
    again = {
        Signer(SigningKeys("sqs", REGION), path="/", headers={"Host": "h"}).sign(b"", who, day)["Authorization"]
        for who in (first, second)
        for day in days
    }
    assert len(seen) == 4
    assert seen == again


class Seen(Exception):  # noqa: N818 - ends a request before it is sent
    """Carries what a client was about to send."""

    def __init__(self, request: Any) -> None:
        super().__init__()
        self.request = request


@pytest.mark.parametrize("service", ["sqs", "sns"])
@pytest.mark.parametrize("variant", [{}, {"use_fips_endpoint": True}, {"use_dualstack_endpoint": True}])
async def test_requests_go_to_the_endpoint_and_are_signed_for_the_region_that_botocore_chooses(
    service: str, variant: dict[str, bool]
) -> None:
    def stop(request: Any, **_: Any) -> None:
        raise Seen(request)

    async with AsyncExitStack() as stack:
        for region in ("us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1"):
            create: Any = AioSession().create_client
            client = await stack.enter_async_context(
                create(
                    service,
                    region_name=region,
                    aws_access_key_id="A",
                    aws_secret_access_key="s",
                    config=Config(retries={"total_max_attempts": 1}, **variant),  # type: ignore[arg-type]
                )
            )
            client.meta.events.register(f"before-send.{service}", stop)
            with pytest.raises(Seen) as seen:
                await (client.list_queues if service == "sqs" else client.list_topics)()
            endpoint = Endpoint(client)
            assert seen.value.request.url.rstrip("/") == str(endpoint.url).rstrip("/")
            date = seen.value.request.headers["X-Amz-Date"].decode()[:8]
            assert endpoint.keys.scope(date).encode() in seen.value.request.headers["Authorization"]


def answering(body: str, content_type: str = "application/x-amz-json-1.0") -> Any:
    async def answer(request: web.BaseRequest, _: bytes) -> web.StreamResponse:
        return web.Response(text=body, content_type=content_type)

    return answer


RECEIVED = """{"Messages": [{"MessageId": "m1", "ReceiptHandle": "r1", "MD5OfBody": "x",
 "Body": "é \\u20ac \\ud83d\\ude00",
 "Attributes": {"ApproximateReceiveCount": "2", "MessageGroupId": "g"},
 "MessageAttributes": {"b": {"DataType": "Binary", "BinaryValue": "AP8="},
                       "s": {"DataType": "String", "StringValue": "v"}}},
 {"MessageId": "m2", "ReceiptHandle": "r2", "Body": "\\"BinaryValue\\""}]}"""

PARTIAL = """{"Successful": [{"Id": "1", "MessageId": "m1"}], "Failed": [
 {"Id": "0", "Code": "AWS.SimpleQueueService.ThrottlingException", "Message": "slow", "SenderFault": false}]}"""

PARTIAL_XML = """<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>
<Failed><member><Id>0</Id><Code>InternalError</Code><Message>a &amp; b</Message>
<SenderFault>false</SenderFault></member></Failed>
<Successful><member><Id>1</Id><MessageId>m1</MessageId><SequenceNumber>1</SequenceNumber></member></Successful>
</PublishBatchResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishBatchResponse>"""

EMPTY_XML = """<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>
<Failed/><Successful/></PublishBatchResult></PublishBatchResponse>"""

PUBLISHED = """<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>
<MessageId>m1</MessageId></PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>"""


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("receive", "{}"),
        ("receive", ""),
        ("receive", '{"Messages": []}'),
        ("send", '{"MessageId": "m1", "MD5OfMessageBody": "x"}'),
        ("send batch", PARTIAL),
        ("send batch", "{}"),
        ("delete batch", '{"Successful": [{"Id": "1"}], "Failed": [{"Id": "0", "Code": "ReceiptHandleIsInvalid"}]}'),
        ("visibility batch", PARTIAL),
        ("visibility batch", '{"Successful": [{"Id": "0"}], "Failed": []}'),
        ("publish", PUBLISHED),
        ("publish batch", PARTIAL_XML),
        ("publish batch", EMPTY_XML),
    ],
)
async def test_answers_are_read_the_same(loopback: Any, name: str, answer: str) -> None:
    loopback.answer = answering(answer, "text/xml" if name.startswith("publish") else "application/x-amz-json-1.0")
    botocore, fast = await both(CALLS[name], loopback.url)
    assert repr(fast) == repr(botocore)
    assert not isinstance(fast, Exception)


async def test_messages_are_read_the_same(loopback: Any) -> None:
    loopback.answer = answering(RECEIVED)
    botocore, fast = await both(CALLS["receive"], loopback.url)
    assert [{k: v for k, v in message.items() if k in botocore[0] and k != "MD5OfBody"} for message in fast] == [
        {k: v for k, v in message.items() if k != "MD5OfBody"} for message in botocore
    ]
    assert fast[0]["MessageAttributes"]["b"]["BinaryValue"] == b"\0\xff"


async def test_both_go_through_the_proxy_of_the_environment(loopback: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", loopback.url)
    monkeypatch.setenv("http_proxy", loopback.url)
    await both(CALLS["receive"], "http://sqs.nowhere.invalid")
    assert [request.headers["Host"] for request in loopback.requests] == ["sqs.nowhere.invalid"] * 2
