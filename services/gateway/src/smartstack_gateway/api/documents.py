"""What the gateway publishes about itself, outside /api/v1."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from smartstack_gateway.resources import Parts

router = APIRouter(include_in_schema=False)


@router.get("/.well-known/jwks.json")
async def jwks(parts: Parts) -> JSONResponse:
    """Return the public keys that access tokens are signed with (RFC 7517)."""
    return JSONResponse(parts.settings.public_jwks, headers={"Cache-Control": "public, max-age=60"})
