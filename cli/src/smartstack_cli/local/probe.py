"""The smallest HTTP client that can ask a service whether it is ready."""

import asyncio

from smartstack_cli.local.ports import LOOPBACK

_SECONDS = 2.0


async def answers(port: int, path: str) -> bool:
    """Return whether GET `path` on 127.0.0.1:`port` answers 200 within two seconds."""
    try:
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: {LOOPBACK}:{port}\r\nConnection: close\r\n\r\n".encode())
                status = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
    return status.split()[1:2] == [b"200"]
