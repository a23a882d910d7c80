"""Which upstream answers which path."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from smartstack_chassis.auth.tokens import Principal
from smartstack_chassis.core.actors import Member
from smartstack_chassis.core.errors import Forbidden
from smartstack_gateway.identity.queries import OPERATORS
from smartstack_gateway.upstreams.client import path_template
from smartstack_gateway.values import UpstreamName

Audience = Literal["member", "client", "operator"]

# Ids are UUIDs and names are words: a path that needs more characters leads nowhere, and so cannot mislead an upstream.
_PATH = re.compile(r"/api/v1((?:/[A-Za-z0-9_-]+)+)")
_SHARE_LINKS = re.compile(r"/clients/[^/]+/share-links")


@dataclass(frozen=True, slots=True)
class Route:
    """Where a path leads. `resource` is how it begins; `path` is its template, such as /api/v1/tasks/{id}/complete."""

    upstream: UpstreamName
    audience: Audience
    resource: str
    path: str = ""

    def admit(self, principal: Principal) -> None:
        """Raise Forbidden when this kind of token may not go there; the upstream checks again."""
        if isinstance(principal, Member):
            if self.audience == "client":
                raise Forbidden("clients_only", "Open this through a share link.")
            if self.audience == "operator" and principal.role not in OPERATORS:
                raise Forbidden("operators_only", "Only owners and admins of the workspace may look behind the scenes.")
        elif self.audience != "client":
            raise Forbidden("members_only", "A share link does not give access to this.")


_RESOURCES: Mapping[str, Route] = {
    "clients": Route("comms", "member", "/api/v1/clients"),
    "conversations": Route("comms", "member", "/api/v1/conversations"),
    "ops": Route("ops", "operator", "/api/v1/ops"),
    "portal/messages": Route("comms", "client", "/api/v1/portal/messages"),
    "suggestions": Route("ai", "member", "/api/v1/suggestions"),
    "projects": Route("tasks", "member", "/api/v1/projects"),
    "tasks": Route("tasks", "member", "/api/v1/tasks"),
}


@lru_cache(maxsize=4096)
def find_route(path: str) -> Route | None:
    """Return where an encoded path leads, or None when the gateway itself answers (be it with 404)."""
    matched = _PATH.fullmatch(path)
    if matched is None or _SHARE_LINKS.fullmatch(matched[1]):
        return None
    segments = matched[1].split("/")[1:]
    found = _RESOURCES.get(segments[0]) or _RESOURCES.get("/".join(segments[:2]))
    return found and replace(found, path=path_template(path))
