"""Puts the bodies of a command into wire form."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from faststream_sqs._internal import BatchCodecProto, CodecProto
from faststream_sqs.response import SQSPublishCommand, SQSPublishItem, SQSResponse
from faststream_sqs.wire import Entry, encode_entry

if TYPE_CHECKING:
    from fast_depends.library.serializer import SerializerProto


async def encode_bodies(
    cmd: SQSPublishCommand,
    bodies: Sequence[Any],
    *,
    codec: CodecProto,
    serializer: "SerializerProto | None",
    batch: bool = False,
) -> list[Entry]:
    """One entry per body. With `batch` a codec that can encodes all of them in one call.

    The options of an `SQSPublishItem` (or `SQSResponse`) win over those of the command.
    """
    contents = [body.body if isinstance(body, SQSResponse) else body for body in bodies]
    if batch and isinstance(codec, BatchCodecProto):
        encoded = await codec.encode_batch(contents, serializer)
    else:
        encoded = [await codec.encode(content, serializer) for content in contents]
    return [
        _entry(cmd, body if isinstance(body, SQSResponse) else None, content, content_type)
        for body, (content, content_type) in zip(bodies, encoded, strict=True)
    ]


def _entry(cmd: SQSPublishCommand, own: SQSResponse | None, content: bytes, content_type: str | None) -> Entry:
    if own is None:
        entry = encode_entry(
            content,
            content_type=content_type,
            correlation_id=cmd.correlation_id,
            reply_to=cmd.reply_to,
            headers=cmd.headers,
        )
        entry.group_id = cmd.group_id
        entry.deduplication_id = cmd.deduplication_id
        entry.delay = cmd.delay
        entry.subject = cmd.subject
        return entry
    if isinstance(own, SQSPublishItem) and own.content_type:
        content_type = own.content_type
    entry = encode_entry(
        content,
        content_type=content_type,
        correlation_id=own.correlation_id or cmd.correlation_id,
        reply_to=cmd.reply_to,
        headers=cmd.headers | own.headers,
    )
    entry.group_id = own.group_id or cmd.group_id
    entry.deduplication_id = own.deduplication_id or cmd.deduplication_id
    entry.delay = own.delay if own.delay is not None else cmd.delay
    entry.subject = own.subject or cmd.subject
    return entry
