"""The web app: its packages and its static export, made again only when their sources changed."""

from pathlib import Path

from smartstack_cli.bootstrap.node import Node, node
from smartstack_cli.bootstrap.project import FRONTEND, TOOLS
from smartstack_cli.bootstrap.steps import Stamp, alone, fingerprint, step, tree_fingerprint

EXPORT = FRONTEND / "out"
_GENERATED = ("node_modules", ".next", "out", "next-env.d.ts", "tsconfig.tsbuildinfo", "coverage")


def packages() -> Node:
    """Install the web app's packages if they changed. Returns the Node.js to run its scripts with."""
    runtime = node()
    inputs = fingerprint(FRONTEND / "package.json", FRONTEND / "package-lock.json")
    stamp = Stamp(FRONTEND / "node_modules" / ".smartstack.stamp", inputs)
    if not stamp.is_current():
        with alone("frontend"):
            if not stamp.is_current():
                with step("Installing the web app's packages"):
                    runtime.npm("ci", "--no-audit", "--no-fund", cwd=FRONTEND)
                    stamp.write()
    return runtime


def export() -> Path:
    """The folder with the static export of the current sources, built if needed."""
    stamp = Stamp(TOOLS / "frontend.stamp", tree_fingerprint(FRONTEND, _GENERATED))
    if not (stamp.is_current() and (EXPORT / "index.html").exists()):
        runtime = packages()
        with alone("frontend"):
            if not (stamp.is_current() and (EXPORT / "index.html").exists()):
                with step("Building the web app"):
                    runtime.npm("run", "build", cwd=FRONTEND)
                    stamp.write()
    return EXPORT
