"""The whole flow in a real browser: two people, two windows, and nobody reloads a page."""

import re
from typing import Any

from playwright.sync_api import Page, expect

ASKING = "Could you send the updated wireframes by Thursday? Also the footer logo looks stretched."


def test_from_a_clients_message_to_a_completed_task(ours: Any, theirs: Any) -> None:
    us = ours.page
    ours.sign_up()
    theirs.write_through(ours.share_with_new_client("Acme"), ASKING)

    ours.open_conversation("Acme")
    suggestions = us.get_by_role("region", name="Suggestions")
    wireframes, logo = ours.suggestion("wireframes"), ours.suggestion("logo")
    expect(wireframes).to_contain_text(_next_thursday(us))
    expect(us.locator("mark").filter(has_text="Could you send the updated wireframes by Thursday?")).to_be_visible()
    expect(us.locator("mark").filter(has_text="the footer logo looks stretched")).to_be_visible()

    # What comes next shows up by itself in the window that is already open.
    theirs.write("Please also invoice us by 30 November.")
    expect(ours.suggestion("nvoice")).to_be_visible()

    wireframes.get_by_role("button", name="Edit").click()
    edited = suggestions.get_by_role("article").filter(has=us.get_by_role("textbox", name="Title"))
    edited.get_by_role("textbox", name="Title").fill("Send Acme the final wireframes")
    edited.get_by_role("button", name="Accept").click()
    logo.get_by_role("button", name="Dismiss").click()
    expect(logo).to_be_hidden()
    us.get_by_role("button", name="Undo: Suggestion dismissed").click()
    logo.get_by_role("button", name="Dismiss").click()
    expect(logo).to_be_hidden()
    suggestions.get_by_role("link", name="View task").first.click()

    task = us.get_by_role("dialog", name="Task")
    expect(task.get_by_role("textbox", name="Title")).to_have_value("Send Acme the final wireframes")
    task.get_by_role("link", name="View source message").click()
    expect(us.get_by_role("list", name="Messages").get_by_text(ASKING)).to_be_visible()

    ours.go_to("Tasks")
    us.get_by_role("button", name="Complete Send Acme the final wireframes").click()
    us.get_by_role("button", name=re.compile("^Status")).click()
    us.get_by_role("menuitemradio", name="Completed").click()
    expect(us.get_by_role("button", name="Reopen Send Acme the final wireframes")).to_be_visible()
    assert ours.complaints == theirs.complaints == []


def test_an_answer_reaches_the_client_without_reload(ours: Any, theirs: Any) -> None:
    ours.sign_up()
    theirs.write_through(ours.share_with_new_client("Acme"), "Hello!")
    ours.open_conversation("Acme")
    ours.page.get_by_role("textbox", name="Reply").fill("Hello back.")
    ours.page.get_by_role("button", name="Send message").click()
    expect(theirs.page.get_by_role("list", name="Messages").get_by_text("Hello back.")).to_be_visible()


def test_reloading_again_and_again_keeps_one_signed_in(ours: Any) -> None:
    """The refresh cookie is good once, and a reload may come while it is being exchanged."""
    ours.sign_up()
    for _ in range(8):
        ours.page.reload(wait_until="commit")
        ours.page.wait_for_timeout(60)
    ours.page.reload()
    expect(ours.page.get_by_role("heading", name="Today", exact=True)).to_be_visible()


def test_a_link_that_leads_nowhere_says_so_kindly(theirs: Any) -> None:
    theirs.page.goto("/portal#not-a-share-link")
    expect(theirs.page.get_by_role("heading", name="This link no longer works")).to_be_visible()


def _next_thursday(page: Page) -> re.Pattern[str]:
    """Return how the coming Thursday may be shown: by name or by date, in the reader's zone."""
    shown: str = page.evaluate(
        """() => { const d = new Date(); do { d.setDate(d.getDate() + 1) } while (d.getDay() !== 4);
        return d.toLocaleDateString('en-GB', {day: 'numeric', month: 'short'}) }"""
    )
    return re.compile(f"Thu|{shown}|tomorrow", re.IGNORECASE)
