"""Whoever is woken by an alarm finds what to do: every alarm names a page, and every page belongs to an alarm."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNBOOKS = ROOT / "architecture" / "runbooks"
HEADINGS = [
    "Meaning",
    "Impact",
    "First look",
    "Likely causes",
    "Response",
    "It is over when",
    "Afterwards",
]
# Pages of work that a person starts: no alarm rings for them.
PLANNED = {"key-rotation"}
PAGES = sorted(path for path in RUNBOOKS.glob("*.md") if path.name != "README.md")

_ALARM = re.compile(
    r'^resource "aws_cloudwatch_(?:metric|composite)_alarm" "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL
)
_NAME = re.compile(r'^  alarm_name\s*= "\$\{var\.prefix\}-([^"]+)"', re.MULTILINE)
_RUNBOOK = re.compile(r'^  alarm_description\s*= ".*Runbook: architecture/runbooks/([a-z-]+)\.md"$', re.MULTILINE)


def alarms() -> Iterator[tuple[str, str]]:
    """Every alarm of the infrastructure: where it stands, and the text of its block."""
    for path in sorted((ROOT / "infra").rglob("*.tf")):
        for label, block in _ALARM.findall(path.read_text()):
            yield f"{path.relative_to(ROOT)}: {label}", block


ALARMS = dict(alarms())


def test_there_are_alarms() -> None:
    declared = sum(
        path.read_text().count('resource "aws_cloudwatch_metric_alarm"') for path in (ROOT / "infra").rglob("*.tf")
    )
    assert declared == len(ALARMS) > 10


@pytest.mark.parametrize("where", ALARMS)
def test_an_alarms_description_ends_with_the_runbook_that_its_name_begins_with(where: str) -> None:
    runbook, name = _RUNBOOK.search(ALARMS[where]), _NAME.search(ALARMS[where])
    assert runbook, f"{where} names no runbook at the end of its description"
    assert name
    assert name[1] == runbook[1] or name[1].startswith(f"{runbook[1]}-")
    assert (RUNBOOKS / f"{runbook[1]}.md").is_file()


@pytest.mark.parametrize("where", ALARMS)
def test_an_alarm_tells_people_when_it_begins_and_when_it_is_over(where: str) -> None:
    for action in ("alarm_actions", "ok_actions"):
        assert re.search(rf"^  {action}\s*= \[aws_sns_topic\.ops\.arn\]$", ALARMS[where], re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_runbook_belongs_to_an_alarm_or_to_planned_work_and_answers_the_same_questions(page: Path) -> None:
    linked = {found[1] for block in ALARMS.values() if (found := _RUNBOOK.search(block))}
    text = page.read_text()
    assert (page.stem in linked) != (page.stem in PLANNED)
    assert text.startswith(f"# {page.stem}: ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert len(text.splitlines()) <= 60


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_first_look_has_commands_to_copy(page: Path) -> None:
    first_look = page.read_text().partition("## First look\n")[2].partition("\n## ")[0]
    assert "```sh\n" in first_look


def test_the_index_lists_every_runbook() -> None:
    index = (RUNBOOKS / "README.md").read_text()
    assert sorted(re.findall(r"^\| \[[a-z-]+\]\(([a-z-]+)\.md\)", index, re.MULTILINE)) == [page.stem for page in PAGES]


@pytest.mark.parametrize("page", [*PAGES, RUNBOOKS / "README.md"], ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target
