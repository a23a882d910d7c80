"""The ops process's HTTP application: the OTLP receiver and the Ops API on one port."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace

from botocore.exceptions import BotoCoreError, ClientError
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response

from smartstack_chassis.auth.tokens import JwksKeys, KeySource, TokenVerifier
from smartstack_chassis.core.errors import Unavailable
from smartstack_chassis.http.failures import CatchAll
from smartstack_chassis.http.middleware import ASGIApp, BodyLimit, Receive, Scope, Send
from smartstack_chassis.http.problems import domain_problem
from smartstack_chassis.process.app import described_api
from smartstack_ops import api
from smartstack_ops.dead_letters.service import DeadLetters
from smartstack_ops.dependencies import OpsResources
from smartstack_ops.settings import OpsSettings
from smartstack_ops.store import FILE, Store
from smartstack_ops.telemetry.metrics import Metrics
from smartstack_ops.telemetry.otlp import Receiver
from smartstack_ops.telemetry.traces import Traces

logger = logging.getLogger(__name__)

DESCRIPTION = "Traces, metrics, queues and dead letters of the local stack."
# Below what the gateway gives an owner: a redrive of many ends with an answer that says how many are left.
ACT_SECONDS = 1.0
LETTERS_AT_A_TIME = 1000

_health = APIRouter()


@_health.get("/health/live", include_in_schema=False)
@_health.get("/health/ready", include_in_schema=False)
async def health() -> dict[str, str]:
    """Answer as long as the process runs; without its file it would not."""
    return {"status": "ok"}


def ops_api() -> FastAPI:
    """Return the Ops API without anything behind it: enough for its OpenAPI document."""
    app = described_api("ops", DESCRIPTION, [api.router])
    app.include_router(_health)

    @app.exception_handler(BotoCoreError)
    @app.exception_handler(ClientError)
    async def _aws(_: Request, error: Exception) -> Response:
        logger.error("AWS did not do it: %s", error)
        return domain_problem(
            Unavailable("aws_unavailable", "The queues are not available now; try again in a moment.")
        )

    return app


@dataclass
class Ops:
    """One process: `app` is its ASGI application, `resources` what is behind it."""

    app: ASGIApp
    resources: OpsResources


@asynccontextmanager
async def open_ops(settings: OpsSettings, keys: KeySource | None = None) -> AsyncIterator[Ops]:
    """Open the file, make the application, and close everything at the end."""
    store = Store(settings.ops_data / FILE)
    traces = Traces(store)
    dead_letters = DeadLetters(settings.environment, traces.last_errors, most=LETTERS_AT_A_TIME, seconds=ACT_SECONDS)
    resources = OpsResources(
        traces=traces, metrics=Metrics(store, traces, settings.operator_workspaces), dead_letters=dead_letters
    )
    inner = ops_api()
    inner.state.resources = resources
    inner.state.runtime = SimpleNamespace(verifier=TokenVerifier(keys or JwksKeys(settings.jwks_url)))
    token = settings.otlp_token.get_secret_value() if settings.otlp_token else None
    receiver = Receiver(CatchAll(BodyLimit(inner, settings.max_body_bytes)), traces, resources.metrics, token)
    try:
        yield Ops(ProgramsOnly(receiver, settings.allowed_hosts), resources)
    finally:
        await dead_letters.close()
        store.close()


class ProgramsOnly:
    """Answers 403 to web pages: the gateway is the only way in for a browser, and it passes no Origin on.

    Without this any page that is open on this machine could send spans, directly or by DNS rebinding.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str] = frozenset()) -> None:
        self._app = app
        self._hosts = {"127.0.0.1", "localhost", *hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = dict(scope.get("headers", ()))
        host = headers.get(b"host", b"").decode("latin-1").partition(":")[0]
        from_page = b"origin" in headers or b"sec-fetch-site" in headers
        if scope["type"] == "http" and (from_page or host not in self._hosts):
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"for local programs only\n"})
            return
        await self._app(scope, receive, send)
