"""Which names a process answers to: a page of another name that resolves to our address (DNS rebinding) gets nothing.

RFC 9110, 7.2 and RFC 9112, 3.2: a request has one Host; a foreign one is 421 (RFC 9110, 15.5.20).
"""

import re
from collections.abc import Iterable

from smartstack_chassis.http.middleware import PROBES, ASGIApp, Receive, Scope, Send
from smartstack_chassis.http.problems import problem

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HOST = re.compile(rb"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")


class HostCheck:
    """Answers 421 to requests for other names than `allowed` and the loopback ones, and 400 without exactly one Host.

    Probes are exempt: a load balancer calls them by the address of the container. Ports are not compared, since a
    proxy or a container's mapping may change them.
    """

    def __init__(self, app: ASGIApp, allowed: Iterable[str]) -> None:
        self._app = app
        self._allowed = LOOPBACK_NAMES | {name.lower() for name in allowed}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith(PROBES):
            await self._app(scope, receive, send)
            return
        name = host_of(scope)
        if name is None:
            answer = problem(400, "Bad request", "invalid_host", "Send exactly one Host header with a host name.")
        elif name not in self._allowed:
            answer = problem(421, "Misdirected request", "unknown_host", "This server does not answer to that name.")
        else:
            await self._app(scope, receive, send)
            return
        await answer(scope, receive, send)


def host_of(scope: Scope) -> str | None:
    """Return the name in the Host header without its port, in lower case; None unless there is exactly one."""
    sent = [value for name, value in scope["headers"] if name == b"host"]
    matched = _HOST.fullmatch(sent[0]) if len(sent) == 1 else None
    return matched[1].decode("ascii").lower().rstrip(".") if matched else None
