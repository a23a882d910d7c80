"""`python -m smartstack_ops`: serve until SIGTERM."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Iterator

import uvicorn
import uvloop
from setproctitle import setproctitle

from smartstack_chassis.core.connections import ConnectionLimits
from smartstack_chassis.http.protocol import bounded_protocol
from smartstack_chassis.telemetry.logs import configure_logging
from smartstack_ops.app import open_ops
from smartstack_ops.settings import OpsSettings


def main() -> int:
    """Run the process; returns the exit status."""
    setproctitle("smartstack-ops serve: python -m smartstack_ops")
    settings = OpsSettings()
    configure_logging("ops", settings.log_level)
    uvloop.run(_serve(settings))
    return 0


async def _serve(settings: OpsSettings) -> None:
    async with open_ops(settings) as ops:
        server = _Server(
            uvicorn.Config(
                ops.app,
                host=settings.http_host,
                port=settings.http_port,
                http=bounded_protocol(ConnectionLimits()),
                ws="none",
                lifespan="off",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                log_config=None,
                timeout_graceful_shutdown=int(settings.drain_seconds),
            )
        )

        def stop() -> None:
            server.should_exit = True

        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stop)
        await server.serve()


class _Server(uvicorn.Server):
    """Leaves signals to us, so that the file is closed before the process ends."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


if __name__ == "__main__":
    sys.exit(main())
