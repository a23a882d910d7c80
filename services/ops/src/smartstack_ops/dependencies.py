"""FastAPI dependencies: the resources of the ops process."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from smartstack_ops.dead_letters.service import DeadLetters
from smartstack_ops.telemetry.metrics import Metrics
from smartstack_ops.telemetry.traces import Traces


@dataclass(frozen=True)
class OpsResources:
    """The resources of one process."""

    traces: Traces
    metrics: Metrics
    dead_letters: DeadLetters


async def resources_of(request: Request) -> OpsResources:
    """Return the resources of this process."""
    resources: OpsResources = request.app.state.resources
    return resources


Resources = Annotated[OpsResources, Depends(resources_of)]
