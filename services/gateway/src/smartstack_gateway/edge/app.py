"""The gateway's outermost app: separates the web app from the API, checks limits and tokens, routes."""

from types import SimpleNamespace

from fastapi import FastAPI

from smartstack_chassis.auth.tokens import Principal
from smartstack_chassis.core.actors import PortalClient
from smartstack_chassis.core.errors import DomainError, Unauthenticated
from smartstack_chassis.http.middleware import ASGIApp, BodyLimit, Receive, Scope, Send
from smartstack_chassis.http.problems import domain_problem
from smartstack_chassis.process.runtime import Runtime
from smartstack_chassis.telemetry import baggage
from smartstack_gateway.documents import api as documents
from smartstack_gateway.edge.bodies import ClientGone
from smartstack_gateway.edge.headers import allowing_head, expiring, secured
from smartstack_gateway.edge.limits import EdgeLimits
from smartstack_gateway.edge.proxy import Proxy
from smartstack_gateway.edge.routes import Route, find_route
from smartstack_gateway.edge.web import WebApp
from smartstack_gateway.network import client_address, client_network
from smartstack_gateway.resources import Resources
from smartstack_gateway.sessions.cookies import Cookies
from smartstack_gateway.settings import GatewaySettings
from smartstack_gateway.upstreams.client import UpstreamClient

_API = ("/api", "/health", "/.well-known")
_LOG_OUT = "/api/v1/auth/logout"
_SIGN_IN = {"/api/v1/auth/signup", "/api/v1/auth/login", "/api/v1/portal/session"}
_LIVE = "/api/v1/live"


def wrap_app(api: FastAPI, runtime: Runtime) -> ASGIApp:
    """Return the gateway's app with `api` for its own endpoints."""
    api.include_router(documents.router)
    api.router.redirect_slashes = False
    return Edge(api, runtime)


class Edge:
    """Serves one process. Resources are open before the first request is."""

    def __init__(self, api: ASGIApp, runtime: Runtime) -> None:
        settings = runtime.settings
        assert isinstance(settings, GatewaySettings)  # noqa: S101 - main.py names this class
        self._settings = settings
        self._upstreams = frozenset(settings.upstreams)
        self._runtime = runtime
        self._own = BodyLimit(api, settings.max_body_bytes)
        self._web = WebApp(settings.web_dir)
        self._proxy: Proxy | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1000})
            return
        send = secured(send, https=self._settings.cookie_secure)
        path: str = scope["path"]
        if path == _LOG_OUT:
            send = expiring(send, Cookies.of(self._settings).cleared)
        if not _is_api(path):
            await self._web(scope, send)
            return
        try:
            await self._serve(path, scope, receive, send)
        except DomainError as error:
            await domain_problem(error)(scope, receive, send)
        except ClientGone:
            return

    async def _serve(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        if path != _LIVE:
            send = allowing_head(send)
        route = find_route(_raw_path(scope))
        if route is not None and route.upstream in self._upstreams:
            await self._route(route, scope, receive, send)
            return
        if path.startswith("/api/"):
            await self._limit_own(path, scope)
        await self._own(_as_get(scope), receive, send)

    async def _route(self, route: Route, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = SimpleNamespace(path=route.path)
        if self._proxy is None:
            self._proxy = Proxy(self._resources[UpstreamClient], self._settings)
        if scope["method"] == "OPTIONS" or not route.audience(scope["method"]):
            # The methods of a path are public, as the OpenAPI document is. Without any CORS header in the answer a
            # browser learns that no other origin may call.
            self._limits.address.acquire(client_network(scope, self._settings.trusted_proxies))
            await self._proxy(route, scope, receive, send)
            return
        principal = await self._admit(route, scope)
        self._limit_shares(principal, scope)
        async with (
            self._limits.principal_in_flight.slot((route.upstream, principal.auth_id)),
            self._limits.workspace_in_flight.slot((route.upstream, principal.workspace_id)),
        ):
            await self._proxy(route, scope, receive, send)

    async def _admit(self, route: Route, scope: Scope) -> Principal:
        """Return who calls. Raises what a bad token, a rate limit or the wrong kind of token deserves."""
        try:
            principal = await self._principal(scope)
        except Unauthenticated:
            self._limits.address.acquire(client_network(scope, self._settings.trusted_proxies))
            raise
        self._limits.principal.acquire(principal.auth_id)
        route.admit(principal, scope["method"])
        return principal

    def _limit_shares(self, principal: Principal, scope: Scope) -> None:
        """Count a request to a service for its workspace, and what a portal sends by its number and its bytes."""
        if isinstance(principal, PortalClient) and scope["method"] == "POST":
            self._limits.portal.acquire(principal.auth_id)
            self._limits.portal_bytes.acquire(principal.auth_id, announced_bytes(scope, self._settings.max_body_bytes))
            self._limits.portal_workspace.acquire(principal.workspace_id)
        self._limits.workspace.acquire(principal.workspace_id)

    async def _limit_own(self, path: str, scope: Scope) -> None:
        """Count a request to an endpoint of the gateway itself; the endpoint then decides who may do what."""
        address = client_network(scope, self._settings.trusted_proxies)
        scope.setdefault("state", {})["address"] = client_address(scope, self._settings.trusted_proxies)
        if path in _SIGN_IN:
            # Those who fail are slowed down by the endpoints; this bounds what they are asked to do.
            self._limits.address.acquire(address)
            return
        try:
            self._limits.principal.acquire((await self._principal(scope)).auth_id)
        except Unauthenticated:
            self._limits.address.acquire(address)

    async def _principal(self, scope: Scope) -> Principal:
        sent = [value for name, value in scope["headers"] if name == b"authorization"]
        scheme, _, token = sent[0].partition(b" ") if len(sent) == 1 else (b"", b"", b"")
        if scheme.lower() != b"bearer" or not token:
            raise Unauthenticated("invalid_token", "Send an access token: Authorization: Bearer <token>.")
        principal = await self._runtime.verifier.verify(token.strip().decode("latin-1"))
        baggage.enter(principal.workspace_id)
        return principal

    @property
    def _resources(self) -> Resources:
        resources: Resources = self._runtime.resources
        return resources

    @property
    def _limits(self) -> EdgeLimits:
        return self._resources[EdgeLimits]


def lane_of(path: str) -> str | None:
    """Return the lane in which a path is admitted: one per upstream, so that a stopped one takes no slot from another.

    Passwords cost the most, and so have a lane of their own. Pages lie in memory: they take none.
    """
    if not _is_api(path):
        return None
    if path in _SIGN_IN:
        return "sign-in"
    route = find_route(path)
    return route.upstream if route else "own"


def _is_api(path: str) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in _API)


def announced_bytes(scope: Scope, most: int) -> int:
    """Return the length that a request announces for its body; `most` when it announces none that can be read."""
    sent = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(sent[0]) if len(sent) == 1 and sent[0].isdigit() else most


def _raw_path(scope: Scope) -> str:
    """Return the path as it was sent: decoding it could make another path of it."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.decode("latin-1")


def _as_get(scope: Scope) -> Scope:
    """Return a HEAD as the GET whose headers it asks for, except of the stream; our server leaves the body out."""
    if scope["method"] != "HEAD" or scope["path"] == _LIVE:
        return scope
    return {**scope, "method": "GET"}
