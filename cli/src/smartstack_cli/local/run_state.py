"""The ports of the stack that runs on a data folder, for commands that talk to it."""

import json
from pathlib import Path

from smartstack_cli.errors import StackError
from smartstack_cli.local.layout import Layout
from smartstack_cli.local.ports import is_free
from smartstack_cli.local.secrets import open_vault

_FILE = "ports.json"


def write(layout: Layout) -> None:
    """Leave word of the ports of this run."""
    partial = layout.data / f"{_FILE}.partial"
    partial.write_text(json.dumps(dict(layout.ports)))
    partial.replace(layout.data / _FILE)


def former_ports(data: Path) -> dict[str, int]:
    """Return the ports of the last run on `data` by part; none without an earlier run that recorded them."""
    try:
        ports: dict[str, int] = json.loads((data / _FILE).read_text())
    except (OSError, ValueError):
        return {}
    return ports


def read(data: Path) -> Layout:
    """Return the layout of the stack that runs on `data`. Raises StackError when none does."""
    ports = former_ports(data)
    if not ports or any(is_free(ports[part]) for part in ("postgres", "aws")):
        raise StackError(f"nothing runs on {data}: start it with ./smartstack up")
    return Layout(data=data, ports=ports, secrets=open_vault(data, Layout.secret_names()), web=data)
