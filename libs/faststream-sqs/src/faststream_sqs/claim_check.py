"""Bodies over the limit go to S3; the message carries a pointer.

The pointer has the form of Amazon's extended client library:
https://github.com/awslabs/amazon-sqs-java-extended-client-lib
"""

import json
from typing import Any
from uuid import uuid4

from .exceptions import InvalidMessageError
from .message import SQSRawMessage
from .schemas import S3ClaimCheck
from .transport.clients import Clients
from .transport.errors import from_exception
from .wire import PAYLOAD_SIZE, SNS_MAX_BYTES, SQS_MAX_BYTES, Entry, byte_length, make_room

_POINTER_CLASS = "software.amazon.payloadoffloading.PayloadS3Pointer"
_LEGACY_SIZE = "SQSLargePayloadSize"


class ClaimCheck:
    """Stores and fetches bodies. Without a bucket it stores nothing but still reads what others stored."""

    def __init__(self, clients: Clients, settings: S3ClaimCheck | None) -> None:
        self._clients = clients
        self._settings = settings

    async def store(self, entry: Entry, *, is_topic: bool) -> None:
        """Replaces an entry's body by a pointer when it is over the threshold."""
        settings = self._settings
        if settings is None:
            return
        limit = settings.threshold
        if limit is None:
            limit = SNS_MAX_BYTES if is_topic else SQS_MAX_BYTES
        if entry.size <= limit:
            return
        key = f"{settings.prefix}{uuid4()}"
        s3 = await self._clients.s3()
        try:
            await s3.put_object(Bucket=settings.bucket, Key=key, Body=entry.body.encode())
        except Exception as error:
            raise from_exception(error) from error
        size = byte_length(entry.body)
        make_room(entry.attributes)
        entry.attributes[PAYLOAD_SIZE] = {"DataType": "Number", "StringValue": str(size)}
        entry.body = pointer_body(settings.bucket, key)

    @staticmethod
    def is_pointer(raw: SQSRawMessage) -> bool:
        """Returns whether a received message's body is kept in S3."""
        attributes = raw.message_attributes
        return PAYLOAD_SIZE in attributes or _LEGACY_SIZE in attributes

    async def fetch(self, raw: SQSRawMessage) -> None:
        """Puts the body kept in S3 back into a message.

        Raises:
            InvalidMessageError: the pointer cannot be read or the object is gone.
            TransportError: S3 did not answer.
        """
        bucket, key = _read_pointer(raw.body)
        s3 = await self._clients.s3()
        try:
            answer = await s3.get_object(Bucket=bucket, Key=key)
            async with answer["Body"] as stream:
                content: bytes = await stream.read()
        except s3.exceptions.NoSuchKey:
            raise InvalidMessageError(f"the body s3://{bucket}/{key} is gone") from None
        except Exception as error:
            raise from_exception(error) from error
        raw.body = content.decode()
        raw.s3_pointer = (bucket, key)

    @property
    def deletes(self) -> bool:
        """Returns whether a body is deleted with its message."""
        return self._settings is not None and self._settings.delete_after_ack

    async def delete(self, pointer: tuple[str, str]) -> None:
        """Deletes a stored body."""
        s3 = await self._clients.s3()
        bucket, key = pointer
        try:
            await s3.delete_object(Bucket=bucket, Key=key)
        except Exception as error:
            raise from_exception(error) from error


def pointer_body(bucket: str, key: str) -> str:
    """The body that stands for one kept in S3."""
    return json.dumps([_POINTER_CLASS, {"s3BucketName": bucket, "s3Key": key}])


def _read_pointer(body: str) -> tuple[str, str]:
    try:
        parsed: Any = json.loads(body)
        # the first releases of the library wrote the pointer without its class
        pointer = parsed[1] if isinstance(parsed, list) else parsed
        return pointer["s3BucketName"], pointer["s3Key"]
    except (ValueError, LookupError, TypeError) as error:
        raise InvalidMessageError(f"unreadable S3 pointer: {body[:200]!r}") from error
