"""Browsers as people have them: without a zone, without a secure page, in other scripts, in two windows at a time."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

NO_ZONE = """
const read = Intl.DateTimeFormat.prototype.resolvedOptions;
Intl.DateTimeFormat.prototype.resolvedOptions = function () { return {...read.call(this), timeZone: 'Etc/Unknown'} };
"""
WITHOUT_LONDON = """
const Known = Intl.DateTimeFormat;
Intl.DateTimeFormat = new Proxy(Known, { construct(target, [locale, options]) {
  if (options?.timeZone === 'Europe/London') throw new RangeError('Invalid time zone specified');
  return new target(locale, options);
} });
"""
PLAIN_HTTP = """
delete Crypto.prototype.randomUUID;
delete Navigator.prototype.locks;
delete Navigator.prototype.clipboard;
"""
REVERSING = "\u202egnp.exe invoice"
ARABIC = "هل يمكنك إرسال التصميم؟"


def test_a_browser_without_a_zone_signs_up_in_utc_and_is_told(ours: Any) -> None:
    ours.context.add_init_script(NO_ZONE)
    ours.page.goto("/signup")
    expect(ours.page.get_by_role("note")).to_contain_text("UTC")
    ours.sign_up()
    assert ours.complaints == []


def test_pages_work_where_the_zone_of_the_workspace_is_not_known(ours: Any) -> None:
    ours.sign_up()
    ours.context.add_init_script(WITHOUT_LONDON)
    for place in ("/today", "/inbox", "/tasks", "/clients"):
        ours.page.goto(place)
        expect(ours.page.get_by_role("heading", level=1)).to_be_visible()
        expect(ours.page.get_by_role("note")).to_contain_text("UTC")
    assert ours.complaints == []


def test_plain_http_does_what_a_secure_page_does(ours: Any, theirs: Any) -> None:
    for window in (ours, theirs):
        window.context.add_init_script(PLAIN_HTTP)
    ours.sign_up()
    theirs.write_through(ours.share_with_new_client("Acme"), "Hello!")
    ours.open_conversation("Acme")
    ours.page.get_by_role("textbox", name="Reply").fill("Hello back.")
    ours.page.get_by_role("button", name="Send message").click()
    expect(theirs.page.get_by_role("list", name="Messages").get_by_text("Hello back.")).to_be_visible()
    assert ours.complaints == theirs.complaints == []


def test_text_keeps_its_own_direction_and_turns_no_other(ours: Any, theirs: Any) -> None:
    ours.sign_up()
    theirs.write_through(ours.share_with_new_client("Acme"), REVERSING)
    theirs.write(ARABIC)
    ours.open_conversation("Acme")
    arabic = ours.page.get_by_role("list", name="Messages").get_by_text(ARABIC)
    expect(arabic).to_have_css("direction", "rtl")
    for text in (ours.page.get_by_role("list", name="Messages").get_by_text("invoice"), arabic):
        expect(text).to_have_css("unicode-bidi", "isolate")
    preview = ours.page.get_by_role("list", name="Conversations").get_by_text(ARABIC)
    expect(preview).to_have_css("unicode-bidi", "isolate")
    expect(preview).to_have_css("direction", "rtl")


def _open_task(window: Any, title: str) -> Page:
    """Make a task and open it; returns a second tab in which it is open, too."""
    window.go_to("Tasks")
    window.page.get_by_role("textbox", name="New task").fill(title)
    window.page.get_by_role("textbox", name="New task").press("Enter")
    window.page.get_by_role("list", name="Tasks").get_by_role("link", name=title).click()
    expect(window.page.get_by_role("dialog", name="Task")).to_be_visible()
    other: Page = window.context.new_page()
    other.goto(window.page.url)
    expect(other.get_by_role("dialog", name="Task").get_by_role("textbox", name="Title")).to_have_value(title)
    return other


def test_the_later_of_two_who_rename_a_task_is_told_and_chooses(ours: Any) -> None:
    ours.sign_up()
    other = _open_task(ours, "Send it")
    sheet = ours.page.get_by_role("dialog", name="Task")
    sheet.get_by_role("textbox", name="Title").fill("Send it today")
    other.get_by_role("textbox", name="Title").fill("Send it by mail")
    other.get_by_role("textbox", name="Title").press("Enter")
    expect(sheet.get_by_role("alert")).to_contain_text("Send it by mail")
    expect(sheet.get_by_role("textbox", name="Title")).to_have_value("Send it today")
    sheet.get_by_role("button", name="Save mine").click()
    expect(other.get_by_role("textbox", name="Title")).to_have_value("Send it today")
    expect(sheet.get_by_role("alert")).to_have_count(0)


def test_a_task_deleted_elsewhere_says_so_and_keeps_what_was_written(ours: Any) -> None:
    ours.sign_up()
    other = _open_task(ours, "Send it")
    sheet = ours.page.get_by_role("dialog", name="Task")
    sheet.get_by_role("textbox", name="Description").fill("A thought worth keeping")
    other.get_by_role("button", name="Delete task").click()
    expect(sheet.get_by_role("alert")).to_contain_text("deleted elsewhere")
    expect(sheet.get_by_role("textbox", name="Description")).to_have_value("A thought worth keeping")
    expect(sheet.get_by_role("button", name="Copy text")).to_be_visible()
    ours.page.reload()
    expect(ours.page.get_by_role("heading", name="There is no such task")).to_be_visible(timeout=40_000)


def test_a_task_that_never_was_is_not_waited_for(ours: Any) -> None:
    ours.sign_up()
    ours.page.goto("/tasks?task=019a0000-0000-7000-8000-000000000001")
    expect(ours.page.get_by_role("heading", name="There is no such task")).to_be_visible()


def test_a_client_beyond_the_first_page_is_found(ours: Any) -> None:
    ours.sign_up()
    ours.go_to("Clients")
    for name in ("Acme", "Zebra Works"):
        ours.page.get_by_role("button", name="Add client").first.click()
        ours.page.get_by_role("dialog", name="New client").get_by_label("Client name").fill(name)
        ours.page.get_by_role("button", name="Create client").click()
        ours.page.get_by_role("dialog", name="Client").get_by_role("button", name="Close").click()
    ours.go_to("Tasks")
    ours.page.get_by_role("button", name=re.compile("^Client:")).click()
    with ours.page.expect_request(re.compile(r"/clients\?.*q=zebra")):
        ours.page.get_by_role("dialog", name="Client").get_by_role("combobox").fill("zebra")
    ours.page.get_by_role("option", name="Zebra Works").click()
    expect(ours.page.get_by_role("button", name=re.compile("^Client:.*Zebra Works"))).to_be_visible()


@pytest.mark.parametrize("attempts", [1, 2])
def test_a_refresh_whose_answer_gets_lost_signs_no_one_out(ours: Any, attempts: int) -> None:
    """The server rotates the cookie, the answer never comes, and the browser still has the former cookie."""
    ours.sign_up()
    lost: list[str] = []

    def lose(route: Route) -> None:
        if len(lost) >= attempts:
            return route.continue_()
        former = ours.context.cookies()
        route.fetch()
        ours.context.clear_cookies()
        ours.context.add_cookies(former)
        lost.append(route.request.url)
        return route.abort("connectionreset")

    ours.page.route("**/api/v1/auth/refresh", lose)
    ours.page.reload()
    if attempts > 1:
        ours.page.get_by_role("button", name="Try again").click()
    expect(ours.page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    assert len(lost) == attempts
