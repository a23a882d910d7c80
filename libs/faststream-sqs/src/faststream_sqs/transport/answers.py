"""Reads the answers of SQS (JSON) and SNS (XML).

Sources: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
and https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
"""

import base64
from collections.abc import Mapping
from http.client import responses
from typing import Any
from xml.etree import ElementTree

from faststream_sqs.exceptions import NetworkError, TransportError
from faststream_sqs.fast_json import loads

from .errors import from_code
from .protocol import WireMessage


def json_object(content: bytes) -> dict[str, Any]:
    """The object of an answer; an empty answer is an empty object.

    Raises:
        NetworkError: it is something else: an answer that was cut off, or from an intermediary.
    """
    if not content:
        return {}
    try:
        parsed = loads(content)
    except ValueError as error:
        raise NetworkError(f"unreadable answer: {error}") from error
    if not isinstance(parsed, dict):
        raise NetworkError(f"unreadable answer: {content[:200]!r}")
    return parsed


def messages(content: bytes) -> list[WireMessage]:
    """The messages of a ReceiveMessage."""
    found: list[WireMessage] = json_object(content).get("Messages") or []
    if b'"BinaryValue"' in content:
        for message in found:
            _decode_binary(message)
    return found


def json_error(status: int, headers: Mapping[str, str], content: bytes, names: Mapping[str, str]) -> TransportError:
    """The error of an SQS answer.

    Args:
        status: HTTP status.
        headers: of the answer.
        content: its body.
        names: the modelled exceptions' names by their codes.
    """
    if (generic := _generic_error(status, content)) is not None:
        return generic
    try:
        body = loads(content) if content else {}
    except ValueError:
        body = None
    if not isinstance(body, dict):
        body = {"message": content.decode(errors="replace")}
    code = str(body.get("__type") or status).partition(":")[0].rpartition("#")[2]
    if code not in names:
        # the code of the older protocol says more than one that no model knows
        query_code, separator, _ = headers.get("x-amzn-query-error", "").partition(";")
        code = query_code if separator and query_code else code
    return from_code(names.get(code, code), str(body.get("message", body.get("Message", ""))), status=status)


def xml_error(status: int, content: bytes, names: Mapping[str, str]) -> TransportError:
    """The error of an SNS answer; the arguments are those of `json_error`."""
    if (generic := _generic_error(status, content)) is not None:
        return generic
    try:
        root = _xml(content)
    except NetworkError:
        return from_code(str(status), content.decode(errors="replace"), status=status)
    found = {_local(node.tag): (node.text or "") for node in root.iter()}
    code = found.get("Code") or str(status)
    return from_code(names.get(code, code), found.get("Message", ""), status=status)


def published_id(content: bytes) -> str:
    """The message id in the answer to a Publish."""
    for node in _xml(content).iter():
        if _local(node.tag) == "MessageId" and node.text:
            return node.text
    raise NetworkError("unreadable answer: no MessageId")


def published_batch(content: bytes) -> dict[str, list[dict[str, Any]]]:
    """The answer to a PublishBatch in the JSON form that SQS's answers have."""
    answer: dict[str, list[dict[str, Any]]] = {"Successful": [], "Failed": []}
    for node in _xml(content).iter():
        if (kind := _local(node.tag)) in answer:
            for member in node:
                fields: dict[str, Any] = {_local(field.tag): field.text or "" for field in member}
                if "SenderFault" in fields:
                    fields["SenderFault"] = fields["SenderFault"] == "true"
                answer[kind].append(fields)
    return answer


def _generic_error(status: int, content: bytes) -> TransportError | None:
    """The error of an answer that no service wrote, but a load balancer or a proxy."""
    text = content.strip()
    if status >= 500 and (not text or text.startswith(b"<html>")):
        return from_code(str(status), responses.get(status, ""), status=status)
    return None


def _xml(content: bytes) -> ElementTree.Element:
    try:
        # expat has refused entity bombs since 2.4; botocore reads the same answers the same way
        return ElementTree.fromstring(content)  # noqa: S314
    except ElementTree.ParseError as error:
        raise NetworkError(f"unreadable answer: {error}") from error


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _decode_binary(message: WireMessage) -> None:
    for attribute in (message.get("MessageAttributes") or {}).values():
        if "BinaryValue" in attribute:
            attribute["BinaryValue"] = base64.b64decode(attribute["BinaryValue"])
