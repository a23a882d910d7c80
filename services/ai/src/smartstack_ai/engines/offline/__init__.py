"""The engine that needs no network: :class:`OfflineEngine`."""

from smartstack_ai.engines.offline.engine import OfflineEngine

__all__ = ["OfflineEngine"]
