"""What every request meets first: raw ASGI, since a framework's layers would cost more than the hop itself."""
