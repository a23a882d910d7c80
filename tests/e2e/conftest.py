"""People with browser windows."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

PATIENCE = 15_000


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

    def sign_up(self) -> None:
        """Make a workspace and be its owner."""
        self.page.goto("/signup")
        self.page.get_by_label("Your name").fill("Robin")
        self.page.get_by_label("Work email").fill(f"{uuid4().hex}@example.com")
        self.page.get_by_label("Password", exact=True).fill("correct horse battery")
        self.page.get_by_label("Workspace name").fill("Studio")
        self.page.get_by_role("button", name="Create workspace").click()
        expect(self.page.get_by_role("heading", name="Today", exact=True)).to_be_visible()

    def go_to(self, place: str) -> None:
        """Follow a link of the main navigation."""
        navigation = self.page.get_by_role("navigation", name="Main")
        navigation.get_by_role("link", name=re.compile(f"^{place}")).click()

    def share_with_new_client(self, name: str) -> str:
        """Make a client and a share link for them; returns its address."""
        self.go_to("Clients")
        self.page.get_by_role("button", name="Add client").first.click()
        self.page.get_by_role("dialog", name="New client").get_by_label("Client name").fill(name)
        self.page.get_by_role("button", name="Create client").click()
        self.page.get_by_role("button", name="Create share link").click()
        shared = self.page.get_by_role("textbox", name="Share link address")
        expect(shared).to_be_visible()
        link = shared.input_value()
        self.page.get_by_role("dialog", name="Client").get_by_role("button", name="Close").click()
        return link

    def open_conversation(self, client: str) -> None:
        """Go to the inbox and open the conversation with a client."""
        self.go_to("Inbox")
        conversations = self.page.get_by_role("list", name="Conversations")
        conversations.get_by_role("link", name=re.compile(client)).click()

    def write_through(self, link: str, text: str) -> None:
        """Open a share link, as a client does, and write."""
        self.page.goto(link)
        self.write(text)

    def write(self, text: str) -> None:
        """Write in the portal that is open, and see the message there."""
        self.page.get_by_role("textbox", name="Your message").fill(text)
        self.page.get_by_role("button", name="Send message").click()
        expect(self.page.get_by_role("list", name="Messages").get_by_text(text)).to_be_visible()

    def suggestion(self, title: str) -> Locator:
        """Return the card of a suggestion in the open conversation."""
        suggestions = self.page.get_by_role("region", name="Suggestions")
        return suggestions.get_by_role("article", name=re.compile(title))


@pytest.fixture(scope="module")
def browser(chromium: Any) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(**chromium.launch_options())
        yield launched
        launched.close()


@pytest.fixture
def open_window(browser: Browser, stack: Any) -> Iterator[Callable[[], Window]]:
    """Return what opens a window of somebody new; all are closed at the end."""
    windows: list[Window] = []

    def opened() -> Window:
        windows.append(Window(browser, stack.url))
        return windows[-1]

    yield opened
    for window in windows:
        window.context.close()


@pytest.fixture
def ours(open_window: Callable[[], Window]) -> Window:
    return open_window()


@pytest.fixture
def theirs(open_window: Callable[[], Window]) -> Window:
    return open_window()
