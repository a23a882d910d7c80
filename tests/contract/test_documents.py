"""What the documents point at is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SKIPPED = {".venv", "node_modules", ".smartstack", ".next", "out", ".git"}
DOCUMENTS = [path for path in ROOT.rglob("*.md") if not SKIPPED & set(path.relative_to(ROOT).parts)]
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
NAMED = re.compile(r"`((?:services|libs|tests|cli|contracts|bench|frontend|architecture|product)/[\w./-]+)`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_and_path_leads_somewhere(document: Path) -> None:
    text = document.read_text()
    broken = [link for link in LINK.findall(text) if not (document.parent / link).exists()]
    # A path in code style is meant from the root, or from where the document's own package begins.
    near = [ROOT, *document.parents[: len(document.relative_to(ROOT).parts)]]
    broken += [name for name in NAMED.findall(text) if not any((folder / name).exists() for folder in near)]
    assert broken == []
