"""The description of a service: what it is called, what it serves, what it handles."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI

from smartstack_chassis.auth.revocations import RevocationSource, stored_revocations
from smartstack_chassis.auth.tokens import KeySource
from smartstack_chassis.core.settings import ServiceSettings
from smartstack_chassis.events.handlers import EventHandlers, Receiver
from smartstack_chassis.http.middleware import ASGIApp
from smartstack_chassis.jobs.handlers import JobHandlers
from smartstack_contracts.envelope import Service as ServiceName
from smartstack_contracts.events.gateway import AccessRevoked

if TYPE_CHECKING:
    from smartstack_chassis.process.runtime import Runtime


@dataclass(frozen=True)
class Service:
    """One service, as its `main.py` composes it.

    `root` is the folder that holds `migrations/`. `resources` opens what the service needs beside the chassis (an HTTP
    client, a hub); what it yields is `runtime.resources`. `wrap_app` may put an ASGI app in front of the FastAPI one.
    `receivers` handle the bodies of its queues of bytes, by the queue's role.
    `before_start` runs once, before the process has a thread or an event loop: the place to fork helpers.
    `public` says that whoever is on the internet calls it: it takes no baggage from its callers.
    Paths that begin with one of `untraced` get no span.
    `lane_of` names the lane in which a path is admitted (see admission.py); by default all share one.
    `keys` makes the source of token keys from the settings; without it they are fetched from the gateway.
    `revocations` reads what was revoked; without it a service that handles `access_revoked` reads what it stored of it.
    """

    name: ServiceName
    root: Path
    routers: Sequence[APIRouter]
    handlers: EventHandlers | None = None
    receivers: Mapping[str, Receiver] = field(default_factory=dict)
    jobs: JobHandlers = field(default_factory=JobHandlers)
    settings: type[ServiceSettings] = ServiceSettings
    before_start: Callable[[Any], None] | None = None
    resources: Callable[["Runtime"], AbstractAsyncContextManager[Any]] | None = None
    wrap_app: Callable[[FastAPI, "Runtime"], ASGIApp] | None = None
    lane_of: Callable[[str], str | None] | None = None
    keys: Callable[[Any], KeySource] | None = None
    revocations: RevocationSource | None = None
    description: str = ""
    public: bool = False
    untraced: Sequence[str] = ()

    @property
    def migrations(self) -> Path:
        """Return the folder with the service's Alembic history."""
        return self.root / "migrations"

    @property
    def revocation_source(self) -> RevocationSource | None:
        """Return what reads the revoked sessions and share links; None for a service that learns of none."""
        if self.revocations is None and self.handlers and AccessRevoked.type() in self.handlers.types:
            return stored_revocations
        return self.revocations
