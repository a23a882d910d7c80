"""Documents name files that exist: a path in a page of instructions, and every link between pages."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTRUCTIONS = [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "architecture" / "how-to").glob("*.md"))]
FOLDERS = "architecture|bench|cli|contracts|frontend|infra|libs|observability|product|services|tests"
_PATH = re.compile(rf"`((?:{FOLDERS})(?:/[\w.\-]+)*/?)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
# Written from the code: they are checked where they are made.
GENERATED = {"CHANGELOG.md"}


@cache
def documents() -> list[Path]:
    """Every Markdown file that is under version control, or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.md"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:  # not a working copy
        return [path for path in ROOT.rglob("*.md") if "node_modules" not in path.parts and ".venv" not in path.parts]
    return [ROOT / line for line in listed.stdout.splitlines()]


@pytest.mark.parametrize("document", INSTRUCTIONS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_in_instructions_exists(document: Path) -> None:
    named = _PATH.findall(document.read_text())
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in documents()
        for target in _LINK.findall(document.read_text())
        if "://" not in target and not target.startswith("mailto:") and not (document.parent / target).exists()
    ]
    assert broken == []


def test_contributing_names_every_page_of_instructions() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    pages = [path.name for path in INSTRUCTIONS if path.parent.name == "how-to" and path.name != "README.md"]
    assert [page for page in pages if f"architecture/how-to/{page}" not in text] == []
