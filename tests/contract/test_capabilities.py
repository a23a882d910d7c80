"""A capability of a service imports of another one only what the other one offers."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OFFERED = {"commands", "queries", "domain", "values"}


def _capabilities() -> list[str]:
    """Return the packages that import-linter holds to the layers of a capability."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [inside] = [item for item in contracts if item["name"].startswith("Inside a capability")]
    return list(inside["containers"])


CAPABILITIES = _capabilities()


def _folder(package: str) -> Path:
    service, capability = package.removeprefix("smartstack_").split(".")
    return ROOT / "services" / service / "src" / f"smartstack_{service}" / capability


def _imported(path: Path) -> Iterator[str]:
    """Yield the dotted names that a module imports; `from a import b` gives `a.b`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_capability_imports_of_another_only_what_that_offers(capability: str) -> None:
    others = [other for other in CAPABILITIES if other != capability]
    wrong = [
        f"{path.name}: {name}"
        for path in sorted(_folder(capability).glob("*.py"))
        for name in _imported(path)
        for other in others
        if name.startswith(f"{other}.") and name.removeprefix(f"{other}.").split(".")[0] not in OFFERED
    ]
    assert wrong == []


@pytest.mark.parametrize("service", sorted({capability.split(".")[0] for capability in CAPABILITIES}))
def test_every_folder_with_tables_or_an_edge_is_held_to_the_layers(service: str) -> None:
    source = _folder(f"{service}.x").parent
    edges = [path for name in ("api", "consumers", "models") for path in source.glob(f"*/{name}.py")]
    assert {f"{service}.{path.parent.name}" for path in edges} <= set(CAPABILITIES)
