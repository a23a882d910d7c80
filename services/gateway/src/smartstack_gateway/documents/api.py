"""Public documents about the API, outside /api/v1."""

import asyncio
import time
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse

from smartstack_chassis.core.errors import Unavailable
from smartstack_gateway.documents.openapi import merge
from smartstack_gateway.documents.page import POLICY, api_page
from smartstack_gateway.resources import ProcessResources, Resources
from smartstack_gateway.settings import GatewaySettings
from smartstack_gateway.upstreams.client import UpstreamClient
from smartstack_gateway.values import UpstreamName

KEPT_SECONDS = 60.0

router = APIRouter(include_in_schema=False)


class PublicDocument:
    """The merged OpenAPI document; kept for a minute once every service has given its part."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}
        self._until = float("-inf")

    async def read(self, own: dict[str, Any], upstreams: UpstreamClient) -> dict[str, Any]:
        """Return the document. While a service is down its part is left out, and `x-missing` names it."""
        if time.monotonic() < self._until:
            return self._kept
        names = upstreams.names
        found = dict(zip(names, await asyncio.gather(*(_of(each, upstreams) for each in names)), strict=True))
        missing = [name for name, document in found.items() if document is None]
        merged = merge({"gateway": own} | {name: document for name, document in found.items() if document})
        if missing:
            return {**merged, "x-missing": missing}
        self._kept, self._until = merged, time.monotonic() + KEPT_SECONDS
        return merged


async def _of(upstream: UpstreamName, upstreams: UpstreamClient) -> dict[str, Any] | None:
    try:
        document = await upstreams.json(upstream, "/openapi.json")
    except Unavailable:
        return None
    return document if isinstance(document, dict) and "paths" in document else None


async def _document(request: Request, resources: Resources) -> dict[str, Any]:
    state = request.app.state
    if not hasattr(state, "public_document"):
        state.public_document = PublicDocument()
    document: dict[str, Any] = await state.public_document.read(request.app.openapi(), resources[UpstreamClient])
    return document


@router.get("/api/openapi.json")
async def openapi(request: Request, resources: ProcessResources) -> JSONResponse:
    """Return the OpenAPI 3.1 document of the whole API."""
    return JSONResponse(await _document(request, resources), headers={"Cache-Control": "no-cache"})


@router.get("/api/docs")
async def docs(request: Request, resources: ProcessResources) -> HTMLResponse:
    """Return the documentation as a page."""
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": POLICY}
    return HTMLResponse(api_page(await _document(request, resources)), headers=headers)


@router.get("/.well-known/jwks.json")
async def jwks(resources: ProcessResources) -> JSONResponse:
    """Return the public keys that access tokens are signed with (RFC 7517)."""
    return JSONResponse(resources[GatewaySettings].public_jwks, headers={"Cache-Control": "public, max-age=60"})
