"""No page breaks a rule that a program can check (axe-core: WCAG 2.2 A and AA, best practices), in both themes."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PLACES = [
    "/today",
    "/inbox",
    "/tasks",
    "/clients",
    "/ops",
    "/ops?view=dead-letters",
    "/ops?view=health",
    "/ops?view=audit",
]


def _faults(page: Page) -> list[str]:
    # Evaluated rather than added as a script: the page's own policy would refuse that.
    page.evaluate(AXE.read_text())
    # What fades in has no contrast yet.
    page.wait_for_function("() => document.getAnimations().every((each) => each.playState !== 'running')")
    found: dict[str, Any] = page.evaluate("() => axe.run()")
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_breaks_an_accessibility_rule(theme: Any, ours: Any, theirs: Any) -> None:
    for window in (ours, theirs):
        window.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    ours.page.goto("/login")
    expect(ours.page.get_by_role("button", name="Log in")).to_be_visible()
    faults = {"/login": _faults(ours.page)}
    ours.sign_up()
    theirs.write_through(ours.share_with_new_client("Acme"), "Could you send the wireframes by Thursday?")
    faults["/portal"] = _faults(theirs.page)
    ours.open_conversation("Acme")
    expect(ours.suggestion("wireframes")).to_be_visible()
    faults["a conversation"] = _faults(ours.page)
    for place in PLACES:
        ours.page.goto(place)
        expect(ours.page.get_by_role("heading", level=1)).to_be_visible()
        expect(ours.page.get_by_role("main").get_by_role("status")).to_have_count(0)
        faults[place] = _faults(ours.page)
    assert {place: found for place, found in faults.items() if found} == {}
