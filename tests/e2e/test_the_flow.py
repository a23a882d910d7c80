"""The whole flow in a real browser: two people, two windows, and nobody reloads a page."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ASKING = "Could you send the updated wireframes by Thursday? Also the footer logo looks stretched."
PATIENCE = 15_000


@pytest.fixture(scope="module")
def browser(chromium: Any) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(**chromium.launch_options())
        yield launched
        launched.close()


class Window:
    """A person's window; remembers what the browser's console complained about."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.context: BrowserContext = browser.new_context(
            base_url=url, timezone_id="Europe/London", locale="en-GB", viewport={"width": 1280, "height": 800}
        )
        self.context.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, kind: str, text: str) -> None:
        # Nobody is signed in at first: the browser itself reports that answer, whatever the page does with it.
        if kind == "error" and "401" not in text:
            self.complaints.append(text)


@pytest.fixture
def ours(browser: Browser, stack: Any) -> Iterator[Window]:
    window = Window(browser, stack.url)
    yield window
    window.context.close()


@pytest.fixture
def theirs(browser: Browser, stack: Any) -> Iterator[Window]:
    window = Window(browser, stack.url)
    yield window
    window.context.close()


def test_from_a_clients_message_to_a_completed_task(ours: Window, theirs: Window) -> None:
    expect.set_options(timeout=PATIENCE)
    us = ours.page
    _sign_up(us)
    link = _share_with_new_client(us, "Acme")

    _write_through(theirs.page, link, ASKING)

    us.get_by_role("navigation", name="Main").get_by_role("link", name=re.compile("^Inbox")).click()
    us.get_by_role("list", name="Conversations").get_by_role("link", name=re.compile("Acme")).click()
    suggestions = us.get_by_role("region", name="Suggestions")
    wireframes = suggestions.get_by_role("article", name=re.compile("wireframes"))
    logo = suggestions.get_by_role("article", name=re.compile("logo"))
    expect(wireframes).to_contain_text(_next_thursday(us))
    expect(us.locator("mark").filter(has_text="Could you send the updated wireframes by Thursday?")).to_be_visible()
    expect(us.locator("mark").filter(has_text="the footer logo looks stretched")).to_be_visible()

    # What comes next shows up by itself in the window that is already open.
    box = theirs.page.get_by_role("textbox", name="Your message")
    box.fill("Please also invoice us by 30 November.")
    theirs.page.get_by_role("button", name="Send message").click()
    expect(suggestions.get_by_role("article", name=re.compile("nvoice"))).to_be_visible()

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

    us.get_by_role("navigation", name="Main").get_by_role("link", name=re.compile("^Tasks")).click()
    us.get_by_role("button", name="Complete Send Acme the final wireframes").click()
    us.get_by_role("button", name=re.compile("^Status")).click()
    us.get_by_role("menuitemradio", name="Completed").click()
    expect(us.get_by_role("button", name="Reopen Send Acme the final wireframes")).to_be_visible()
    assert ours.complaints == theirs.complaints == []


def test_an_answer_reaches_the_client_without_reload(ours: Window, theirs: Window) -> None:
    expect.set_options(timeout=PATIENCE)
    _sign_up(ours.page)
    _write_through(theirs.page, _share_with_new_client(ours.page, "Acme"), "Hello!")
    ours.page.get_by_role("navigation", name="Main").get_by_role("link", name=re.compile("^Inbox")).click()
    ours.page.get_by_role("list", name="Conversations").get_by_role("link", name=re.compile("Acme")).click()
    ours.page.get_by_role("textbox", name="Reply").fill("Hello back.")
    ours.page.get_by_role("button", name="Send message").click()
    expect(theirs.page.get_by_role("list", name="Messages").get_by_text("Hello back.")).to_be_visible()


def test_reloading_again_and_again_keeps_one_signed_in(ours: Window) -> None:
    """The refresh cookie is good once, and a reload may come while it is being exchanged."""
    _sign_up(ours.page)
    for _ in range(8):
        ours.page.reload(wait_until="commit")
        ours.page.wait_for_timeout(60)
    ours.page.reload()
    expect(ours.page.get_by_role("heading", name="Today", exact=True)).to_be_visible(timeout=PATIENCE)


def test_a_link_that_leads_nowhere_says_so_kindly(theirs: Window) -> None:
    theirs.page.goto("/portal#not-a-share-link")
    expect(theirs.page.get_by_role("heading", name="This link no longer works")).to_be_visible(timeout=PATIENCE)


def _sign_up(page: Page) -> None:
    page.goto("/signup")
    page.get_by_label("Your name").fill("Robin")
    page.get_by_label("Work email").fill(f"{uuid4().hex}@example.com")
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.get_by_label("Workspace name").fill("Studio")
    page.get_by_role("button", name="Create workspace").click()
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible(timeout=PATIENCE)


def _share_with_new_client(page: Page, name: str) -> str:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Clients").click()
    page.get_by_role("button", name="Add client").first.click()
    page.get_by_role("dialog", name="New client").get_by_label("Client name").fill(name)
    page.get_by_role("button", name="Create client").click()
    page.get_by_role("button", name="Create share link").click()
    shared = page.get_by_role("textbox", name="Share link address")
    expect(shared).to_be_visible()
    link = shared.input_value()
    page.get_by_role("dialog", name="Client").get_by_role("button", name="Close").click()
    return link


def _write_through(page: Page, link: str, text: str) -> None:
    page.goto(link)
    page.get_by_role("textbox", name="Your message").fill(text)
    page.get_by_role("button", name="Send message").click()
    expect(page.get_by_role("list", name="Messages").get_by_text(text)).to_be_visible(timeout=PATIENCE)


def _next_thursday(page: Page) -> re.Pattern[str]:
    """Return how the coming Thursday may be shown: by name or by date, in the reader's zone."""
    shown: str = page.evaluate(
        """() => { const d = new Date(); do { d.setDate(d.getDate() + 1) } while (d.getDay() !== 4);
        return d.toLocaleDateString('en-GB', {day: 'numeric', month: 'short'}) }"""
    )
    return re.compile(f"Thu|{shown}|tomorrow", re.IGNORECASE)
