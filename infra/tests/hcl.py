"""The code in infra/, parsed: blocks by kind, type and name, without the quotes that the parser leaves on strings."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import hcl2

INFRA = Path(__file__).parents[1]
ROOTS = (INFRA, INFRA / "bootstrap")


@dataclass(frozen=True, slots=True)
class Block:
    """One block: `resource "aws_lb" "this" {…}` has the labels aws_lb and this."""

    file: Path
    kind: str
    labels: tuple[str, ...]
    body: dict[str, Any]

    @property
    def name(self) -> str:
        """Return how the code names it, with the folder it stands in."""
        return f"{self.file.parent.relative_to(INFRA.parent)}: {' '.join((self.kind, *self.labels))}"


def modules() -> list[Path]:
    """Return the folder of every module, roots not among them."""
    return sorted(path for path in (INFRA / "modules").iterdir() if path.is_dir())


def files() -> list[Path]:
    """Return every file of code."""
    return sorted(
        path for suffix in ("tf", "tofu") for path in INFRA.rglob(f"*.{suffix}") if ".terraform" not in path.parts
    )


def blocks(folder: Path, *kinds: str) -> list[Block]:
    """Return the blocks of these kinds in the files of one folder."""
    return [block for file in sorted(folder.glob("*.tf")) for block in parsed(file) if block.kind in kinds]


def everywhere(*kinds: str) -> list[Block]:
    """Return the blocks of these kinds in all folders."""
    return [block for folder in (*ROOTS, *modules()) for block in blocks(folder, *kinds)]


@cache
def parsed(file: Path) -> tuple[Block, ...]:
    """Parse a file. Raises lark's UnexpectedInput when it is not HCL."""
    document = clean(hcl2.loads(file.read_text()))
    return tuple(
        Block(file, kind, labels, body)
        for kind, items in document.items()
        if isinstance(items, list)
        for item in items
        if isinstance(item, dict)
        for labels, body in _labelled(item, {"resource": 2, "data": 2, "locals": 0, "terraform": 0}.get(kind, 1))
    )


def clean(value: Any) -> Any:
    """Return a value as the code means it: strings without their quotes."""
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items() if not str(key).startswith("__")}
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, str) and len(value) > 1 and value.startswith('"') and value.endswith('"'):
        return value[1:-1]
    return value


def _labelled(item: dict[str, Any], depth: int) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    if depth == 0:
        yield (), item
        return
    for label, inner in item.items():
        for labels, body in _labelled(inner, depth - 1):
            yield (label, *labels), body
