"""The engine that needs no network, key or model file."""

from smartstack_ai.language.propose import propose
from smartstack_ai.llm.port import Answer
from smartstack_ai.values import Proposal, SourceText


class OfflineEngine:
    """Suggestions without network, key or model file; the same message always gives the same answer."""

    name = "offline"
    version = "3"

    async def answer(self, source: SourceText) -> Answer:
        """Read ``source`` and propose; never raises for any text."""
        return Answer(propose(source), self.name, self.version)

    async def suggest(self, source: SourceText) -> list[Proposal]:
        """Return the proposals alone."""
        return propose(source)
