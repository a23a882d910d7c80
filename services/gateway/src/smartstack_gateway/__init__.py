"""The gateway: identity, routing, views across services, the live stream."""
