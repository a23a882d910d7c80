"""Refuses requests that another site's page made with our cookie (OWASP: verify Origin, Fetch Metadata)."""

from urllib.parse import urlsplit

from fastapi import Depends, Request

from smartstack_chassis.core.errors import Forbidden
from smartstack_gateway.resources import resources_of
from smartstack_gateway.settings import GatewaySettings

_OWN_SITES = {"same-origin", "none"}


async def same_origin(request: Request) -> None:
    """Raise Forbidden when the browser says that another origin sent this. Only browsers say so."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    own = {request.headers.get("host", ""), urlsplit((await resources_of(request))[GatewaySettings].public_url).netloc}
    if (site is not None and site not in _OWN_SITES) or (origin is not None and urlsplit(origin).netloc not in own):
        raise Forbidden("foreign_origin", "This may only be called from SmartStack's own pages.")


SameOrigin = Depends(same_origin)
