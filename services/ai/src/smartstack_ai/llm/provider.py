"""The engine that this process uses."""

from smartstack_ai.llm.offline import OfflineEngine
from smartstack_ai.llm.port import Answer, Engine
from smartstack_ai.values import SourceText


class EngineProvider:
    """The offline engine, until the process's settings choose another."""

    def __init__(self) -> None:
        self.engine: Engine = OfflineEngine()

    async def answer(self, source: SourceText) -> Answer:
        """Ask the engine that was chosen."""
        return await self.engine.answer(source)
