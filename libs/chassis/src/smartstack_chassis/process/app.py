"""Builds the HTTP application of a service."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig

from smartstack_chassis.http import health, openapi
from smartstack_chassis.http.admission import Admission, Limits
from smartstack_chassis.http.failures import CatchAll
from smartstack_chassis.http.hosts import HostCheck
from smartstack_chassis.http.lame_duck import LameDuck
from smartstack_chassis.http.middleware import API_PREFIX, BodyLimit, RequestSpan
from smartstack_chassis.http.problems import add_problem_handlers
from smartstack_chassis.process.service import Service

if TYPE_CHECKING:
    from smartstack_chassis.http.middleware import ASGIApp
    from smartstack_chassis.process.runtime import Runtime

# RequestSpan sees every request, the ones that never reach FastAPI too. FastAPI's own span would begin another trace,
# its metrics would count twice, and what it tells of exceptions may repeat bodies.
_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "operation_spans": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}


def build_api(service: Service) -> FastAPI:
    """Return the service's API without anything behind it: enough for its OpenAPI document."""
    app = described_api(service.name, service.description, service.routers)
    app.include_router(health.router)
    return app


def described_api(name: str, description: str, routers: Sequence[APIRouter]) -> FastAPI:
    """Return an app that serves `routers` under /api/v1, answers failures as problems and describes all of it."""
    app = _DescribedApi(
        routers,
        title=f"SmartStack {name}",
        description=description,
        version="1.0.0",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        telemetry=_NO_TELEMETRY,
        generate_unique_id_function=lambda route: route.name,
    )
    for router in routers:
        app.include_router(router, prefix=API_PREFIX)
    add_problem_handlers(app)
    return app


class _DescribedApi(FastAPI):
    """Completes its OpenAPI document whenever FastAPI makes it anew, as it does when routes are added."""

    def __init__(self, described: Sequence[APIRouter], **options: Any) -> None:
        super().__init__(**options)
        self._described = described
        self._completed: dict[str, Any] | None = None

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        if document is not self._completed:
            openapi.complete(document, self._described)
            self._completed = document
        return document


def build_app(service: Service, runtime: "Runtime") -> "ASGIApp":
    """Return the whole ASGI application of a process; a worker serves health alone."""
    serves_api = runtime.settings.role != "worker"
    api = build_api(service) if serves_api else _health_only(service)
    api.state.runtime = runtime
    app: ASGIApp = BodyLimit(api, runtime.settings.max_body_bytes)
    if service.wrap_app and serves_api:
        app = service.wrap_app(api, runtime)
    app = CatchAll(HostCheck(app, {service.name, *runtime.settings.hosts}))
    app = RequestSpan(app, from_outside=service.public, untraced=service.untraced)
    limits = Limits.of(runtime.settings)
    app = Admission(app, limits, lane_of=service.lane_of, from_outside=service.public)
    return LameDuck(app, runtime.stopping)


def _health_only(service: Service) -> FastAPI:
    app = FastAPI(title=f"SmartStack {service.name} worker", openapi_url=None, telemetry=_NO_TELEMETRY)
    app.include_router(health.router)
    return app
