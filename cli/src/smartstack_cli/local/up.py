"""`./smartstack up`: the stack on this machine until Ctrl-C."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from smartstack_cli.arguments import Arguments
from smartstack_cli.bootstrap import frontend
from smartstack_cli.bootstrap.steps import say
from smartstack_cli.errors import StackError
from smartstack_cli.local import run_state as current
from smartstack_cli.local.data_lock import claim
from smartstack_cli.local.layout import OPS, SERVICES, Layout
from smartstack_cli.local.ports import LOOPBACK, free_port, is_free
from smartstack_cli.local.process import Launcher, Reaper
from smartstack_cli.local.secrets import open_vault, publish_keys
from smartstack_cli.local.stack import Stack, prepare_logs


def up(arguments: Arguments) -> int:
    """Run until SIGINT, SIGTERM or SIGHUP; returns the exit code. Raises StackError when it cannot start."""
    data = arguments.data.resolve()
    with claim(data, f"http://{LOOPBACK}:{arguments.port}") as descriptor:
        if not is_free(arguments.port):
            raise StackError(f"port {arguments.port} is in use; choose another with --port")
        layout = _layout(data, arguments.port, frontend.export())
        return asyncio.run(_run(layout, descriptor, demo=arguments.demo))


def _layout(data: Path, port: int, web: Path) -> Layout:
    ports = _ports(current.former_ports(data), port)
    layout = Layout(data=data, ports=ports, secrets=open_vault(data, Layout.secret_names()), web=web)
    publish_keys(data, layout.secrets["jwt_keys"])
    current.write(layout)
    return layout


def _ports(former: Mapping[str, int], port: int) -> dict[str, int]:
    """Return a port for every part: its last one, unless another program has taken it."""
    ports: dict[str, int] = {"gateway": port}
    for name in (*SERVICES, OPS, "postgres", "aws"):
        if name == "gateway":
            continue
        candidate = former.get(name, 0)
        while candidate in (0, *ports.values()) or not is_free(candidate):
            candidate = free_port()
        ports[name] = candidate
    return ports


async def _run(layout: Layout, descriptor: int, *, demo: bool) -> int:
    stopping = _stop_on_signals()
    logs, console = prepare_logs(layout.data)
    launcher = Launcher(await Reaper.start([descriptor]), logs)
    stack = Stack(layout, launcher, say)
    following = asyncio.create_task(console.follow())
    running = asyncio.create_task(_serve(stack, layout, demo=demo))
    waiting = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await running
    except StackError:
        console.catch_up()
        raise
    finally:
        say("stopping")
        following.cancel()  # failures from now on are caused by this stop
        running.cancel()
        await asyncio.wait([running])
        await stack.stop()
        waiting.cancel()
        launcher.close()
    return 0


async def _serve(stack: Stack, layout: Layout, *, demo: bool) -> None:
    say("starting")
    had_memory = stack.bus_has_memory()
    await stack.start()
    if not had_memory:
        # A new folder, a restored one, or one that lost its queues: whatever waited in them is in the event logs.
        await stack.redeliver()
    if demo:
        await stack.seed()
        say(f"sign in as demo@example.com with the password {layout.secrets['demo']}")
    print(f"SmartStack is ready: {layout.url}", flush=True)
    await stack.failed()


def _stop_on_signals() -> asyncio.Event:
    """An event that the first signal sets. At the second the process exits, and the reaper ends the children."""
    stopping = asyncio.Event()

    def on_signal() -> None:
        if stopping.is_set():
            sys.stderr.write("smartstack: exiting immediately\n")
            os._exit(130)
        stopping.set()

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(name, on_signal)
    return stopping
