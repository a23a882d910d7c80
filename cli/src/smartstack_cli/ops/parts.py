"""What the ops process holds, as its endpoints see it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from smartstack_cli.dead_letters.desk import Desk
from smartstack_cli.ops.metrics import Metrics
from smartstack_cli.ops.traces import Traces


@dataclass(frozen=True)
class OpsParts:
    """The parts of one process."""

    traces: Traces
    metrics: Metrics
    desk: Desk


async def parts_of(request: Request) -> OpsParts:
    """Return the parts of this process."""
    parts: OpsParts = request.app.state.parts
    return parts


Parts = Annotated[OpsParts, Depends(parts_of)]
