"""The transport over aiohttp, with a signer of its own.

Endpoints, regions, proxies and credentials are those that botocore found. The requests are the same as those of
the `botocore` transport, without what its generality costs.
"""

import asyncio
import base64
import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from faststream_sqs.exceptions import NetworkError, TransportError
from faststream_sqs.wire import Entry

from .answers import json_error, json_object, messages, published_batch, published_id, xml_error
from .clients import USER_AGENT, Clients
from .entries import (
    delete_entries,
    failures,
    outcomes,
    receive_request,
    sns_entry,
    sqs_entry,
    visibility_entries,
)
from .http import Channel, Endpoint, tls_context
from .protocol import EntryOutcome, WireMessage
from .signing import Signer

_POLL_CONNECTIONS = 512
_SNS_VERSION = "2010-03-31"
_PREPARED_POLLS = 256


class FastTransport:
    """Implements `Transport` for one broker. Use `open`."""

    def __init__(self, clients: Clients, endpoint: Endpoint, tls: Any) -> None:
        self._clients = clients
        self._tls = tls
        settings = clients.settings
        read_error = _json_error_reader(endpoint)
        channel = partial(
            Channel, endpoint, clients.credentials, read_error=read_error, tls=tls, extra_headers=_HEADERS
        )
        self._polling = channel(attempts=1, read_timeout=settings.longest_wait + 10, connections=_POLL_CONNECTIONS)
        self._settling = channel(attempts=1, read_timeout=settings.read_timeout, connections=settings.max_connections)
        self._sending = channel(
            attempts=settings.send_attempts, read_timeout=settings.read_timeout, connections=settings.max_connections
        )
        self._sns: tuple[Channel, Signer] | None = None
        self._polls: dict[tuple[str, int, int], bytes] = {}
        self._receive = _sqs_operation(endpoint, "ReceiveMessage")
        self._send = _sqs_operation(endpoint, "SendMessage")
        self._send_batch = _sqs_operation(endpoint, "SendMessageBatch")
        self._delete_batch = _sqs_operation(endpoint, "DeleteMessageBatch")
        self._visibility_batch = _sqs_operation(endpoint, "ChangeMessageVisibilityBatch")

    @classmethod
    async def open(cls, clients: Clients) -> "FastTransport":
        """A transport that asks open clients for endpoints and credentials."""
        endpoint = Endpoint(clients.sqs)
        tls = await asyncio.to_thread(tls_context, clients.ca_bundle) if endpoint.secure else None
        return cls(clients, endpoint, tls)

    async def close(self) -> None:
        """Closes all connections."""
        channels = [self._polling, self._settling, self._sending]
        if self._sns is not None:
            channels.append(self._sns[0])
        for channel in channels:
            await channel.close()

    async def receive(
        self, queue_url: str, *, max_messages: int, wait_time: int, attempt_id: str | None = None
    ) -> list[WireMessage]:
        """See `Transport.receive`."""
        if attempt_id is not None:
            body = _json(receive_request(queue_url, max_messages, wait_time, attempt_id))
        else:
            body = self._poll_body(queue_url, max_messages, wait_time)
        return messages(await self._polling.post(self._receive, body))

    async def send(self, queue_url: str, entry: Entry) -> str:
        """See `Transport.send`."""
        body = _json({"QueueUrl": queue_url, **sqs_entry(entry)})
        message_id = json_object(await self._sending.post(self._send, body)).get("MessageId")
        if not isinstance(message_id, str):
            raise NetworkError("unreadable answer: no MessageId")
        return message_id

    async def send_batch(self, queue_url: str, entries: Sequence[Entry]) -> list[EntryOutcome]:
        """See `Transport.send_batch`."""
        numbered = [{"Id": str(i), **sqs_entry(entry)} for i, entry in enumerate(entries)]
        content = await self._sending.post(self._send_batch, _json({"QueueUrl": queue_url, "Entries": numbered}))
        return outcomes(len(entries), json_object(content))

    async def delete_batch(self, queue_url: str, receipt_handles: Sequence[str]) -> list[TransportError | None]:
        """See `Transport.delete_batch`."""
        body = _json({"QueueUrl": queue_url, "Entries": delete_entries(receipt_handles)})
        return failures(len(receipt_handles), json_object(await self._settling.post(self._delete_batch, body)))

    async def visibility_batch(self, queue_url: str, changes: Sequence[tuple[str, int]]) -> list[TransportError | None]:
        """See `Transport.visibility_batch`."""
        body = _json({"QueueUrl": queue_url, "Entries": visibility_entries(changes)})
        return failures(len(changes), json_object(await self._settling.post(self._visibility_batch, body)))

    async def publish(self, topic_arn: str, entry: Entry) -> str:
        """See `Transport.publish`."""
        channel, operation = self._sns or await self._open_sns()
        body = _query("Publish", {"TopicArn": topic_arn, **sns_entry(entry)})
        return published_id(await channel.post(operation, body))

    async def publish_batch(self, topic_arn: str, entries: Sequence[Entry]) -> list[EntryOutcome]:
        """See `Transport.publish_batch`."""
        channel, operation = self._sns or await self._open_sns()
        members = [{"Id": str(i), **sns_entry(entry)} for i, entry in enumerate(entries)]
        body = _query("PublishBatch", {"TopicArn": topic_arn, "PublishBatchRequestEntries": members})
        return outcomes(len(entries), published_batch(await channel.post(operation, body)))

    def _poll_body(self, queue_url: str, max_messages: int, wait_time: int) -> bytes:
        """The same few polls are made over and over."""
        key = (queue_url, max_messages, wait_time)
        if (body := self._polls.get(key)) is None:
            if len(self._polls) >= _PREPARED_POLLS:
                self._polls.clear()
            body = self._polls[key] = _json(receive_request(*key, None))
        return body

    async def _open_sns(self) -> tuple[Channel, Signer]:
        endpoint = Endpoint(await self._clients.sns())
        if self._sns is None:
            settings = self._clients.settings
            tls = self._tls
            if endpoint.secure and tls is None:
                tls = self._tls = tls_context(self._clients.ca_bundle)
            channel = Channel(
                endpoint,
                self._clients.credentials,
                attempts=settings.send_attempts,
                read_timeout=settings.read_timeout,
                connections=settings.max_connections,
                read_error=_xml_error_reader(endpoint),
                tls=tls,
                extra_headers=_HEADERS,
            )
            content_type = "application/x-www-form-urlencoded; charset=utf-8"
            self._sns = (channel, endpoint.operation({"Content-Type": content_type}))
        return self._sns


_HEADERS = {"User-Agent": USER_AGENT}


def _sqs_operation(endpoint: Endpoint, name: str) -> Signer:
    return endpoint.operation(
        {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"AmazonSQS.{name}",
            # asks for the codes of the older protocol in addition to the new ones
            "x-amzn-query-mode": "true",
        }
    )


def _json_error_reader(endpoint: Endpoint) -> Any:
    return partial(json_error, names=endpoint.error_names)


def _xml_error_reader(endpoint: Endpoint) -> Any:
    def read(status: int, _: Mapping[str, str], content: bytes) -> TransportError:
        return xml_error(status, content, endpoint.error_names)

    return read


def _json(request: dict[str, Any]) -> bytes:
    return json.dumps(request, default=_text).encode()


def _query(action: str, request: dict[str, Any]) -> bytes:
    fields: list[tuple[str, str]] = [("Action", action), ("Version", _SNS_VERSION)]
    _flatten(fields, "", request)
    return urlencode(fields).encode()


def _flatten(fields: list[tuple[str, str]], name: str, value: Any) -> None:
    """Lists become `name.member.1`, attributes `name.entry.1.Name` and `.Value`, as the query protocol wants."""
    if isinstance(value, list):
        for number, item in enumerate(value, 1):
            _flatten(fields, f"{name}.member.{number}", item)
    elif name.endswith("MessageAttributes"):
        for number, (key, attribute) in enumerate(value.items(), 1):
            fields.append((f"{name}.entry.{number}.Name", key))
            _flatten(fields, f"{name}.entry.{number}.Value", attribute)
    elif isinstance(value, dict):
        for key, item in value.items():
            _flatten(fields, f"{name}.{key}" if name else key, item)
    else:
        fields.append((name, value if isinstance(value, str) else _text(value)))


def _text(value: bytes) -> str:
    """Bytes travel as base64."""
    return base64.b64encode(value).decode()
