"""Errors as problem+json (RFC 9457). Every failure that leaves a service passes through here once."""

import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from smartstack_chassis.core.errors import DomainError, FieldError, Invalid, PreconditionFailed, TooMany, Unavailable
from smartstack_chassis.telemetry.setup import current_trace_id

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def problem(
    status: int, title: str, code: str, detail: str, errors: Sequence[FieldError] = (), retry_after: int | None = None
) -> Response:
    """Return the answer for one failure; `code` is stable, `errors` names fields and remedies."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    if errors:
        body["errors"] = list(errors)
    if trace_id := current_trace_id():
        body["trace_id"] = trace_id
    headers = {"Cache-Control": "no-store"}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    # A field name that the caller made up may hold a lone surrogate, which UTF-8 cannot carry: escape it.
    return Response(json.dumps(body).encode("ascii"), status, headers, MEDIA_TYPE)


def domain_problem(error: DomainError) -> Response:
    """Return the answer for an expected failure."""
    retry_after = error.retry_after if isinstance(error, TooMany) else None
    if isinstance(error, Unavailable):
        retry_after = RETRY_AFTER_SECONDS
    answer = problem(error.status, error.title, error.code, error.detail, error.errors, retry_after)
    if isinstance(error, PreconditionFailed):
        answer.headers["ETag"] = f'"{error.current}"'
    return answer


def add_problem_handlers(app: FastAPI) -> None:
    """Make `app` answer every failure with problem+json."""

    @app.exception_handler(DomainError)
    async def _domain(_: Request, error: DomainError) -> Response:
        return domain_problem(error)

    @app.exception_handler(RequestValidationError)
    async def _validation(_: Request, error: RequestValidationError) -> Response:
        return validation_problem(error.errors())

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return wrong_method(request)
        title = HTTPStatus(error.status_code).phrase
        answer = problem(error.status_code, title, title.lower().replace(" ", "_"), str(error.detail))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(DBAPIError)
    async def _database(_: Request, error: DBAPIError) -> Response:
        return database_problem(error)

    @app.exception_handler(PoolTimeoutError)
    @app.exception_handler(ConnectionError)
    @app.exception_handler(TimeoutError)
    async def _unreachable(_: Request, error: Exception) -> Response:
        logger.error("a dependency did not answer: %r", error)
        return domain_problem(Unavailable("unavailable", "This is not available now; try again in a moment."))

    @app.exception_handler(Exception)
    async def _unexpected(_: Request, __: Exception) -> Response:
        # Starlette raises it again once this is sent; CatchAll then logs it, so that each is logged once.
        return unexpected_problem()


def wrong_method(request: Request) -> Response:
    """Return 405 with the methods of the path (RFC 9110, 10.2.1); they are the whole answer to OPTIONS."""
    allow = {"Allow": ", ".join([*allowed_methods(request.app, request.scope), "OPTIONS"])}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=allow)
    detail = f"Use one of these methods: {allow['Allow']}."
    answer = problem(405, "Method Not Allowed", "method_not_allowed", detail)
    answer.headers.update(allow)
    return answer


def allowed_methods(app: FastAPI, scope: Mapping[str, Any]) -> list[str]:
    """Return the methods that `app` has routes for at the path of this request.

    Each operation is a route of its own, and Starlette names the methods of the first that has the path.
    """
    return [
        method
        for method in _METHODS
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in app.routes)
    ]


def unexpected_problem() -> Response:
    """Return 500 for a fault of ours; what it was is in the log alone."""
    return problem(500, "Internal error", "internal_error", "Something went wrong on our side; it has been logged.")


def validation_problem(errors: Sequence[Any]) -> Response:
    """Return 422 with one entry per field that pydantic refused; what was sent is not repeated."""
    fields: list[FieldError] = []
    for error in errors:
        path = [str(part) for part in error["loc"] if part not in ("body", "query", "path", "header")]
        fields.append({"field": ".".join(path) or "body", "message": str(error["msg"]).removeprefix("Value error, ")})
    detail = "; ".join(f"{entry['field']}: {entry['message']}" for entry in fields[:3])
    return problem(422, Invalid.title, "invalid", detail, fields)


def database_problem(error: DBAPIError) -> Response:
    """Return 422 for a value that Postgres cannot hold (SQLSTATE class 22), else 503: the database failed us."""
    state = getattr(error.orig, "sqlstate", None) or ""
    if state.startswith("22"):
        return domain_problem(Invalid("invalid", "A value cannot be stored: it is out of range or not valid text."))
    logger.error("the database failed: %s", type(error.orig).__name__, exc_info=error)
    return domain_problem(Unavailable("unavailable", "This is not available now; try again in a moment."))
