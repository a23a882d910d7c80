"""Queues, topics and subscriptions: declared, verified or only looked up."""

from .topology import QueueInfo, Topology

__all__ = ("QueueInfo", "Topology")
