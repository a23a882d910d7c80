"""The engine that this process uses."""

from smartstack_ai.engines.offline import OfflineEngine
from smartstack_ai.engines.port import Answer, Engine, SourceText


class ChosenEngine:
    """The offline engine, until the process's settings choose another."""

    def __init__(self) -> None:
        self.engine: Engine = OfflineEngine()

    async def answer(self, source: SourceText) -> Answer:
        """Ask the engine that was chosen."""
        return await self.engine.answer(source)
