"""TCP ports on the loopback interface."""

import random
import socket

LOOPBACK = "127.0.0.1"
# Below the ranges from which Linux and macOS take the ports of outgoing connections: one of those could
# otherwise take a port between our look and the server's start.
_CANDIDATES = range(20000, 32000)


def free_port() -> int:
    """A port that nothing listens on at this moment."""
    while True:
        port = random.choice(_CANDIDATES)  # noqa: S311 (not a secret)
        if is_free(port):
            return port


def is_free(port: int) -> bool:
    """Return whether a server could listen on `port` now (connections in TIME_WAIT do not count)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
