"""The imports that are allowed between capabilities."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import smartstack_gateway

ROOT = Path(smartstack_gateway.__file__).parent
CAPABILITIES = {folder.name for folder in ROOT.iterdir() if (folder / "__init__.py").exists()}
SHARED = {"commands", "queries", "domain", "values", "schemas"}
# Open resources are found by type, so the type is imported; signing up judges passwords.
PORTS = {"identity.passwords", "identity.password_rules", "upstreams.client", "sessions.cookies"}
COMPOSERS = {"main", "testing", "edge"}


def imported(module: Path) -> Iterator[str]:
    """Yield the modules of the gateway that a module imports, such as identity.queries."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("smartstack_gateway"):
            _, _, inner = node.module.partition(".")
            yield from (f"{inner}.{alias.name}" for alias in node.names) if inner in CAPABILITIES else (inner,)


@pytest.mark.parametrize("capability", sorted(CAPABILITIES - COMPOSERS))
def test_a_capability_sees_of_another_what_it_shares(capability: str) -> None:
    for module in (ROOT / capability).glob("*.py"):
        for name in imported(module):
            other, _, part = name.partition(".")
            if other in CAPABILITIES - {capability}:
                assert part.split(".")[0] in SHARED or name in PORTS, f"{capability}/{module.name} imports {name}"


def test_the_settings_alone_read_the_environment() -> None:
    readers = [path.name for path in ROOT.rglob("*.py") if {"environ", "getenv"} & set(_names(path))]
    assert readers == []
    assert "ServiceSettings" in (ROOT / "settings.py").read_text()


def _names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name
