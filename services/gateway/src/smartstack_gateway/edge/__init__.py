"""The outermost layer of every request: raw ASGI, since a framework's layers would cost more than the hop itself."""
