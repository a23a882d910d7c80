"""Composes and runs the ai service."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from smartstack_ai.llm.readers import Readers, Template
from smartstack_ai.settings import AiSettings
from smartstack_ai.suggestions import api, consumers
from smartstack_chassis.process.runner import run
from smartstack_chassis.process.runtime import Runtime
from smartstack_chassis.process.service import Service

# What was forked before the start, until the process's resources take it over.
_templates: list[Template] = []


def fork_template(settings: AiSettings) -> None:
    """Fork the process that readers come from, where events are handled."""
    if settings.role != "http":
        _templates.append(Template())


@asynccontextmanager
async def choose_engine(runtime: Runtime) -> AsyncIterator[None]:
    """Let the settings choose who reads messages, for as long as the process runs."""
    settings = cast("AiSettings", runtime.settings)
    before = consumers.engine.engine
    readers = Readers(_templates.pop(), settings.readers) if _templates else None
    if readers is not None:
        consumers.engine.engine = readers
    if settings.engine == "bedrock":
        # Pydantic-ai and boto3 take more than a second to import: whoever stays offline does without.
        from smartstack_ai.llm.bedrock.engine import BedrockEngine  # noqa: PLC0415

        consumers.engine.engine = BedrockEngine(settings, offline=consumers.engine.engine)
    try:
        yield
    finally:
        consumers.engine.engine = before
        if readers is not None:
            readers.close()


service = Service(
    name="ai",
    root=Path(__file__).parents[2],
    routers=[api.router],
    handlers=consumers.handlers,
    settings=AiSettings,
    before_start=fork_template,
    resources=choose_engine,
    description="Suggestions with evidence; people decide.",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run `serve` or `migrate`; return the exit status."""
    return run(service, argv)
