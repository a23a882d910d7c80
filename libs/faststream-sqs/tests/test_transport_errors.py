"""Two transports, one behaviour, when things go wrong: errors, retries, timeouts, credentials."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiobotocore.credentials import AioRefreshableCredentials
from aiobotocore.session import AioSession
from aiohttp import web
from botocore.loaders import create_loader

from faststream_sqs import exceptions
from faststream_sqs.exceptions import AccessDeniedError, NetworkError, ServerError, ThrottledError
from faststream_sqs.transport import Clients, ClientSettings, Transport
from faststream_sqs.transport.botocore import BotocoreTransport
from faststream_sqs.transport.fast import FastTransport
from faststream_sqs.wire import Entry

REGION = "eu-west-1"
QUEUE = "http://127.0.0.1/123456789012/orders"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:orders"
ENTRY = Entry("x", {})
KINDS: dict[str, Any] = {"botocore": BotocoreTransport, "fast": FastTransport}


@asynccontextmanager
async def opened(kind: str, endpoint_url: str, **settings: Any) -> AsyncIterator[Transport]:
    given = {"aws_access_key_id": "AKID", "aws_secret_access_key": "secret", "send_attempts": 1}
    clients = Clients(ClientSettings(region=REGION, endpoint_url=endpoint_url, **(given | settings)))
    await clients.open()
    transport = await KINDS[kind].open(clients)
    try:
        yield transport
    finally:
        await transport.close()
        await clients.close()


async def failure_of(kind: str, endpoint_url: str, *, topic: bool = False, **settings: Any) -> BaseException:
    async with opened(kind, endpoint_url, **settings) as transport:
        with pytest.raises(exceptions.TransportError) as raised:
            await (transport.publish(TOPIC, ENTRY) if topic else transport.send(QUEUE, ENTRY))
    return raised.value


Answer = Callable[[], web.StreamResponse]


def answering(*answers: Answer) -> Any:
    """Gives the answers in turn, the last one for ever."""
    left = list(answers)

    async def answer(request: web.BaseRequest, _: bytes) -> web.StreamResponse:
        return (left.pop(0) if len(left) > 1 else left[0])()

    return answer


def sqs_error(code: str, status: int = 400, query_code: str = "", message: str = "no: é") -> Answer:
    headers = {"x-amzn-query-error": f"{query_code};Sender"} if query_code else {}
    body = {"__type": f"com.amazonaws.sqs#{code}", "message": message}
    return lambda: web.json_response(body, status=status, headers=headers)


def sns_error(code: str, status: int = 400, message: str = "no &amp; é") -> Answer:
    return lambda: web.Response(
        status=status,
        content_type="text/xml",
        text='<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>'
        f"<Code>{code}</Code><Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>",
    )


def accepted() -> web.StreamResponse:
    return web.json_response({"MessageId": "m1"})


def modelled(service: str) -> list[str]:
    """The code of every exception in a service's model."""
    shapes = create_loader().load_service_model(service, "service-2")["shapes"]
    return sorted(shape.get("error", {}).get("code", name) for name, shape in shapes.items() if shape.get("exception"))


UNMODELLED = ["AccessDenied", "ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch", "ThrottlingException"]
LEASE = "Value x for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."


async def test_every_error_of_sqs_is_the_same(loopback: Any) -> None:
    answers = [sqs_error(code, query_code=query) for code in modelled("sqs") for query in ("", f"AWS.Old.{code}")]
    answers += [sqs_error(code, query_code=query) for code in UNMODELLED for query in ("", "Other", "SlowDown")]
    answers += [sqs_error("New", status) for status in (400, 401, 403, 404, 413, 429, 500, 502, 503)]
    answers += [sqs_error("InvalidParameterValue", message=text) for text in (LEASE, "no such thing")]
    await _same_errors(loopback, answers, topic=False)


async def test_every_error_of_sns_is_the_same(loopback: Any) -> None:
    answers = [sns_error(code) for code in modelled("sns") + UNMODELLED]
    answers += [sns_error("New", status) for status in (400, 401, 403, 404, 413, 429, 500, 502, 503)]
    await _same_errors(loopback, answers, topic=True)


@pytest.mark.parametrize("topic", [False, True])
async def test_answers_that_no_service_wrote_are_the_same_errors(loopback: Any, topic: bool) -> None:
    pages: list[Answer] = [
        lambda: web.Response(status=503, text="<html><body>Service Unavailable</body></html>"),
        lambda: web.Response(status=502),
    ]
    if not topic:
        pages.append(lambda: web.Response(status=500, text="broken"))
        pages.append(lambda: web.Response(status=403, text="go away"))
    await _same_errors(loopback, pages, topic=topic)


async def _same_errors(loopback: Any, answers: list[Answer], *, topic: bool) -> None:
    async with opened("botocore", loopback.url) as botocore, opened("fast", loopback.url) as fast:
        for answer in answers:
            loopback.answer = answering(answer)
            seen = []
            for transport in (botocore, fast):
                with pytest.raises(exceptions.TransportError) as raised:
                    await (transport.publish(TOPIC, ENTRY) if topic else transport.send(QUEUE, ENTRY))
                seen.append(raised.value)
            assert repr(seen[1]) == repr(seen[0])


async def test_an_unavailable_topic_is_a_server_error_whatever_the_page_says(loopback: Any) -> None:
    # botocore looks for XML in it and gives up; a 5xx is worth another attempt all the same
    loopback.answer = answering(lambda: web.Response(status=503, text="unavailable"))
    assert isinstance(await failure_of("fast", loopback.url, topic=True), ServerError)


@pytest.mark.parametrize("text", ["no JSON", "[1]", '{"Messages": [', "<html></html>"])
async def test_an_answer_that_cannot_be_read_is_a_failure_not_an_empty_queue(loopback: Any, text: str) -> None:
    loopback.answer = answering(lambda: web.Response(text=text))
    async with opened("fast", loopback.url) as transport:
        with pytest.raises(NetworkError):
            await transport.receive(QUEUE, max_messages=10, wait_time=0)
        with pytest.raises(NetworkError):
            await transport.publish(TOPIC, ENTRY)


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Retries follow at once; the waits they asked for are kept."""
    sleep, waits = asyncio.sleep, []

    async def at_once(seconds: float, *_: Any) -> None:
        waits.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", at_once)
    return waits


RETRIED = [
    sqs_error("RequestThrottled"),
    sqs_error("ThrottlingException"),
    sqs_error("RequestLimitExceeded"),
    sqs_error("SlowDown"),
    sqs_error("RequestTimeout"),
    *(sqs_error("New", status) for status in (500, 502, 503, 504)),
]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_passes_is_tried_again_up_to_the_limit(loopback: Any, no_waiting: list[float], kind: str) -> None:
    async with opened(kind, loopback.url, send_attempts=3) as transport:
        for answer in RETRIED:
            loopback.requests.clear()
            loopback.answer = answering(answer)
            with pytest.raises((ThrottledError, ServerError)):
                await transport.send(QUEUE, ENTRY)
            assert len(loopback.requests) == 3
            loopback.answer = answering(answer, accepted)
            assert await transport.send(QUEUE, ENTRY) == "m1"
    assert 0 < max(no_waiting) <= 2


@pytest.mark.parametrize("kind", KINDS)
async def test_what_does_not_pass_is_not_tried_again(loopback: Any, kind: str) -> None:
    for answer in (sqs_error("QueueDoesNotExist"), sqs_error("AccessDenied", 403), sqs_error("ExpiredToken")):
        loopback.requests.clear()
        loopback.answer = answering(answer)
        await failure_of(kind, loopback.url, send_attempts=3)
        assert len(loopback.requests) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_polls_and_acknowledgements_are_tried_once(loopback: Any, kind: str) -> None:
    loopback.answer = answering(sqs_error("RequestThrottled"))
    async with opened(kind, loopback.url, send_attempts=3) as transport:
        with pytest.raises(ThrottledError):
            await transport.receive(QUEUE, max_messages=1, wait_time=0)
        with pytest.raises(ThrottledError):
            await transport.delete_batch(QUEUE, ["h"])
        with pytest.raises(ThrottledError):
            await transport.visibility_batch(QUEUE, [("h", 1)])
    assert len(loopback.requests) == 3


@pytest.mark.parametrize("kind", KINDS)
async def test_a_long_outage_uses_up_the_retries_and_success_brings_them_back(
    loopback: Any, no_waiting: list[float], kind: str
) -> None:
    async with opened(kind, loopback.url, send_attempts=3) as transport:
        loopback.answer = answering(sqs_error("New", 500))
        for _ in range(60):
            with pytest.raises(ServerError):
                await transport.send(QUEUE, ENTRY)
        assert len(loopback.requests) == 60 + 100
        loopback.answer = answering(accepted)
        for _ in range(5):
            await transport.send(QUEUE, ENTRY)
        loopback.requests.clear()
        loopback.answer = answering(sqs_error("New", 500))
        with pytest.raises(ServerError):
            await transport.send(QUEUE, ENTRY)
        assert len(loopback.requests) == 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", ["nothing", "the head", "half of the body"])
async def test_a_connection_that_is_reset_is_a_network_error_and_tried_again(
    loopback: Any, no_waiting: list[float], kind: str, part: str
) -> None:
    async def reset(request: web.BaseRequest, _: bytes) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        if part != "nothing":
            await response.prepare(request)
        if part == "half of the body":
            await response.write(b'{"MessageId": ')
        assert request.transport is not None
        request.transport.abort()
        return response

    loopback.answer = reset
    assert isinstance(await failure_of(kind, loopback.url, send_attempts=2), NetworkError)
    assert len(loopback.requests) == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_an_answer_that_does_not_come_in_time_is_a_network_error_and_tried_again(
    loopback: Any, no_waiting: list[float], kind: str
) -> None:
    async def silence(request: web.BaseRequest, _: bytes) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    loopback.answer = silence
    assert isinstance(await failure_of(kind, loopback.url, send_attempts=2, read_timeout=0.2), NetworkError)
    assert len(loopback.requests) == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_attempts_that_time_out_use_up_the_retries_twice_as_fast(
    loopback: Any, no_waiting: list[float], kind: str
) -> None:
    async def silence(request: web.BaseRequest, _: bytes) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    loopback.answer = silence
    async with opened(kind, loopback.url, send_attempts=3, read_timeout=0.05, max_connections=100) as transport:
        await asyncio.gather(*(transport.send(QUEUE, ENTRY) for _ in range(40)), return_exceptions=True)
    assert len(loopback.requests) == 40 + 50


@pytest.mark.parametrize("kind", KINDS)
async def test_nobody_listening_is_a_network_error(kind: str) -> None:
    assert isinstance(await failure_of(kind, "http://127.0.0.1:9"), NetworkError)


@pytest.mark.parametrize("kind", KINDS)
async def test_without_credentials_access_is_denied_and_nothing_sent(
    loopback: Any, kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    error = await failure_of(kind, loopback.url, aws_access_key_id=None, aws_secret_access_key=None)
    assert isinstance(error, AccessDeniedError)
    assert loopback.requests == []


def refreshing(refresh: Callable[[], dict[str, str]], *, lives: timedelta) -> tuple[AioSession, Any]:
    """A session whose temporary credentials are refreshed by a function."""
    session = AioSession()

    async def fetch() -> dict[str, str]:
        return refresh()

    credentials = AioRefreshableCredentials(
        "OLD", "old-secret", "old-token", datetime.now(UTC) + lives, fetch, method="test"
    )
    session._credentials = credentials
    return session, credentials


@pytest.mark.parametrize("kind", KINDS)
async def test_credentials_that_expire_between_two_attempts_are_refreshed(
    loopback: Any, no_waiting: list[float], kind: str
) -> None:
    fresh = {
        "access_key": "NEW",
        "secret_key": "new-secret",
        "token": "new-token",
        "expiry_time": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
    }
    session, credentials = refreshing(lambda: fresh, lives=timedelta(hours=1))

    async def answer(request: web.BaseRequest, _: bytes) -> web.StreamResponse:
        if len(loopback.requests) == 1:
            credentials._expiry_time = datetime.now(UTC) - timedelta(seconds=1)
            return sqs_error("RequestThrottled")()
        return accepted()

    loopback.answer = answer
    given = {"aws_access_key_id": None, "aws_secret_access_key": None, "session": session, "send_attempts": 2}
    async with opened(kind, loopback.url, **given) as transport:
        await transport.send(QUEUE, ENTRY)
    keys = [r.headers["Authorization"].partition("Credential=")[2].partition("/")[0] for r in loopback.requests]
    assert keys == ["OLD", "NEW"]
    assert [r.headers["X-Amz-Security-Token"] for r in loopback.requests] == ["old-token", "new-token"]


@pytest.mark.parametrize("kind", KINDS)
async def test_credentials_that_cannot_be_refreshed_are_a_failure_of_the_call(loopback: Any, kind: str) -> None:
    def refuse() -> dict[str, str]:
        raise OSError("the metadata service is away")

    session, _ = refreshing(refuse, lives=timedelta(seconds=-1))
    given = {"aws_access_key_id": None, "aws_secret_access_key": None, "session": session}
    assert isinstance(await failure_of(kind, loopback.url, **given), NetworkError)
    assert loopback.requests == []


@pytest.mark.parametrize("kind", KINDS)
async def test_connections_are_used_again_and_polls_do_not_hold_up_others(loopback: Any, kind: str) -> None:
    polled = asyncio.Event()

    async def answer(request: web.BaseRequest, body: bytes) -> web.StreamResponse:
        if "WaitTimeSeconds" in json.loads(body):
            await polled.wait()
            return web.json_response({})
        return accepted()

    loopback.answer = answer
    async with opened(kind, loopback.url, max_connections=1) as transport:
        polls = [asyncio.create_task(transport.receive(QUEUE, max_messages=1, wait_time=20)) for _ in range(3)]
        async with asyncio.timeout(10):
            for _ in range(10):
                await transport.send(QUEUE, ENTRY)
                await transport.delete_batch(QUEUE, ["h"])
        polled.set()
        await asyncio.gather(*polls)
    assert len(loopback.connections) == 3 + 1 + 1


@pytest.mark.parametrize("kind", KINDS)
async def test_a_cancelled_call_does_not_leave_its_answer_to_the_next(loopback: Any, kind: str) -> None:
    answered: list[str] = []
    arrived = asyncio.Event()

    async def answer(request: web.BaseRequest, body: bytes) -> web.StreamResponse:
        name = json.loads(body)["MessageBody"]
        if name == "slow":
            arrived.set()
            await asyncio.sleep(0.05)
        answered.append(name)
        return web.json_response({"MessageId": name})

    loopback.answer = answer
    async with opened(kind, loopback.url, max_connections=1) as transport:
        slow = asyncio.create_task(transport.send(QUEUE, Entry("slow", {})))
        await arrived.wait()
        slow.cancel()
        assert await transport.send(QUEUE, Entry("next", {})) == "next"
