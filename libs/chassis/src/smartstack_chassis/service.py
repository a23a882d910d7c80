"""The description of a service: what it is called, what it serves, what it handles."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI

from smartstack_chassis.consumer import EventHandlers
from smartstack_chassis.middleware import ASGIApp
from smartstack_chassis.settings import ServiceSettings
from smartstack_chassis.tokens import KeySource
from smartstack_contracts.envelope import Service as ServiceName

if TYPE_CHECKING:
    from smartstack_chassis.runtime import Runtime


@dataclass(frozen=True)
class Service:
    """One service, as its `main.py` composes it.

    `root` is the folder that holds `migrations/`. `resources` opens what the service needs beside the chassis (an HTTP
    client, a hub); what it yields is `runtime.resources`. `around` may put an ASGI app in front of the FastAPI one.
    `public` says that whoever is on the internet calls it: it takes no baggage from its callers.
    Paths that begin with one of `untraced` get no span.
    `lane_of` names the lane in which a path is admitted (see admission.py); by default all share one.
    `keys` makes the source of token keys from the settings; without it they are fetched from the gateway.
    """

    name: ServiceName
    root: Path
    routers: Sequence[APIRouter]
    handlers: EventHandlers | None = None
    settings: type[ServiceSettings] = ServiceSettings
    resources: Callable[["Runtime"], AbstractAsyncContextManager[Any]] | None = None
    around: Callable[[FastAPI, "Runtime"], ASGIApp] | None = None
    lane_of: Callable[[str], str | None] | None = None
    keys: Callable[[Any], KeySource] | None = None
    description: str = ""
    public: bool = False
    untraced: Sequence[str] = ()

    @property
    def migrations(self) -> Path:
        """Return the folder with the service's Alembic history."""
        return self.root / "migrations"
