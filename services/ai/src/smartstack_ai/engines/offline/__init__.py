"""The engine that needs no network: :class:`OfflineEngine`."""

from .engine import OfflineEngine

__all__ = ["OfflineEngine"]
