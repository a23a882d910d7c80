"""Composes and runs the ai service."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from smartstack_ai import api, consumers
from smartstack_ai.settings import AiSettings
from smartstack_chassis.runner import run
from smartstack_chassis.runtime import Runtime
from smartstack_chassis.service import Service


@asynccontextmanager
async def choose_engine(runtime: Runtime) -> AsyncIterator[None]:
    """Let the settings choose who reads messages, for as long as the process runs."""
    settings = cast("AiSettings", runtime.settings)
    before = consumers.engine.engine
    if settings.engine == "bedrock":
        # Pydantic-ai and boto3 take more than a second to import: whoever stays offline does without.
        from smartstack_ai.engines.bedrock.engine import BedrockEngine  # noqa: PLC0415

        consumers.engine.engine = BedrockEngine(settings)
    try:
        yield
    finally:
        consumers.engine.engine = before


service = Service(
    name="ai",
    root=Path(__file__).parents[2],
    routers=[api.router],
    handlers=consumers.handlers,
    settings=AiSettings,
    resources=choose_engine,
    description="Suggestions with evidence; people decide.",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run `serve` or `migrate`; return the exit status."""
    return run(service, argv)
