"""Headers that cross the gateway, and those that it adds to everything it answers."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus

from smartstack_chassis.http.middleware import Message, Send

Headers = Sequence[tuple[bytes, bytes]]

# An allow list: whatever else a client sends (x-user, forwarded, cookie, hop-by-hop) never reaches a service.
_FORWARDED = {
    b"accept": "Accept",
    b"accept-language": "Accept-Language",
    b"authorization": "Authorization",
    b"content-type": "Content-Type",
    b"idempotency-key": "Idempotency-Key",
    b"if-match": "If-Match",
    b"if-none-match": "If-None-Match",
}
# RFC 9110, 7.6.1 (hop-by-hop), what our own server writes, and what a service has no business to say to a browser.
_DROPPED = {
    b"connection",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
    b"date",
    b"server",
    b"set-cookie",
}

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
_API_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_NO_STORE = (b"cache-control", b"no-store")
_HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


def forwarded(headers: Headers) -> dict[str, str]:
    """Return what of a request goes on to a service."""
    kept: dict[str, str] = {}
    for name, value in headers:
        canonical = _FORWARDED.get(name)
        if canonical is not None:
            kept[canonical] = value.decode("latin-1")
    return kept


def returned(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return what of a service's answer goes back."""
    lowered = ((name.lower(), value) for name, value in headers)
    return [(name, value) for name, value in lowered if name not in _DROPPED]


def secured(send: Send, *, https: bool) -> Send:
    """Return a `send` that adds the security headers; an answer's own headers win."""
    standing = (*_ALWAYS, _HSTS) if https else _ALWAYS

    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = completed(message.get("headers", ()), standing)
        await send(message)

    return add


def allowing_head(send: Send) -> Send:
    """Return a `send` that adds HEAD to an Allow header with GET: the gateway answers it, the routes do not name it."""

    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                (name, _with_head(value)) if name.lower() == b"allow" else (name, value)
                for name, value in message.get("headers", ())
            ]
        await send(message)

    return add


def expiring(send: Send, cookie: bytes) -> Send:
    """Return a `send` that takes a cookie away with an answer that failed: 429 or 5xx. `cookie` is a Set-Cookie value.

    Other refusals leave it: a foreign page gets one, and may not log anybody out.
    """

    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            status: int = message["status"]
            if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                message["headers"] = [*message.get("headers", ()), (b"set-cookie", cookie)]
        await send(message)

    return add


def _with_head(allowed: bytes) -> bytes:
    methods = allowed.split(b", ")
    if b"GET" not in methods or b"HEAD" in methods:
        return allowed
    place = methods.index(b"GET") + 1
    return b", ".join([*methods[:place], b"HEAD", *methods[place:]])


def completed(headers: Headers, standing: Headers) -> list[tuple[bytes, bytes]]:
    """Return the headers with those of `standing` (and of the API when no page's policy is there) that are missing."""
    own = list(headers)
    names = {name.lower() for name, _ in own}
    return own + [entry for entry in (*standing, _API_POLICY, _NO_STORE) if entry[0] not in names]
