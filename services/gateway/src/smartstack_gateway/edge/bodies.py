"""Reading a request's body, bounded in size."""

from smartstack_chassis.core.errors import TooLarge
from smartstack_chassis.http.middleware import Receive, Scope


class ClientGone(Exception):  # noqa: N818 - not an error
    """The client hung up; the request needs no answer."""


async def read_body(scope: Scope, receive: Receive, max_bytes: int) -> bytes | None:
    """Return the whole body, or None when the request has none.

    Bodies are small by contract, so each is held until it is complete: a request that is refused for its size has had
    no effect. Admission waited for it already, and no longer than a body may take. Raises TooLarge, ClientGone.
    """
    declared = _declared(scope)
    if declared == 0:
        return None
    if declared is not None and declared > max_bytes:
        raise _too_large(max_bytes)
    return await _read(receive, max_bytes)


async def _read(receive: Receive, max_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        part = message.get("body", b"")
        size += len(part)
        if size > max_bytes:
            raise _too_large(max_bytes)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _declared(scope: Scope) -> int | None:
    """Return the declared length, 0 when there is no body, None when it comes in chunks."""
    length = 0
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            return None
        if name == b"content-length" and value.isdigit():
            length = int(value)
    return length


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge("body_too_large", f"The body may have at most {max_bytes} bytes.")
