"""`./smartstack jobs ls | retry | discard`: jobs of the running stack that failed for good."""

import argparse
import subprocess
import sys
from pathlib import Path

from smartstack_chassis.process.job_commands import add_verbs
from smartstack_cli.arguments import Arguments
from smartstack_cli.bootstrap.project import STATE
from smartstack_cli.local import run_state
from smartstack_cli.local.layout import SERVICES


def jobs(arguments: Arguments) -> int:
    """Carry out `jobs ...` in one service or in all; returns the exit code, 1 when no service found a job to act on."""
    options, words = _parser().parse_known_args(arguments.rest)
    _checked(words)
    layout = run_state.read(options.data.resolve())
    codes = [
        subprocess.run(
            [sys.executable, "-m", f"smartstack_{service}", "jobs", *words],
            env=layout.service_environment(service),
            check=False,
        ).returncode
        for service in ([options.service] if options.service else SERVICES)
    ]
    return min(codes)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./smartstack jobs", add_help=False)
    parser.add_argument("--service", choices=SERVICES, help="by default all")
    parser.add_argument("--data", type=Path, default=STATE, help="folder that keeps the data (default .smartstack)")
    return parser


def _checked(words: list[str]) -> None:
    """Let a wrong word end here rather than once in each service."""
    parser = argparse.ArgumentParser(prog="./smartstack jobs", parents=[_parser()])
    add_verbs(parser)
    parser.parse_args(words)
