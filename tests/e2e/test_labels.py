"""Labels in a real browser: one window makes them, another shows them without a reload."""

import re
from typing import Any

from playwright.sync_api import Page, expect


def test_a_label_made_in_one_window_shows_in_another(ours: Any) -> None:
    ours.sign_up()
    page = ours.page
    ours.go_to("Tasks")
    for title in ("Send the wireframes", "Renew the certificate"):
        page.get_by_role("textbox", name="New task").fill(title)
        page.get_by_role("textbox", name="New task").press("Enter")
        expect(page.get_by_role("link", name=title)).to_be_visible()
    other = ours.context.new_page()
    other.goto("/tasks")
    expect(other.get_by_role("link", name="Send the wireframes")).to_be_visible()

    page.get_by_role("link", name="Send the wireframes").click()
    page.get_by_role("button", name=re.compile("^Labels:")).click()
    find = page.get_by_role("dialog", name="Labels").get_by_role("combobox")
    find.fill("Design")
    expect(page.get_by_role("option", name="Create “Design”")).to_be_visible()
    find.press("Enter")
    expect(page.get_by_role("option", name="Design (chosen)")).to_be_visible()
    find.press("Escape")
    page.get_by_role("dialog", name="Task").get_by_role("button", name="Close").click()
    expect(_chip(other, "Design")).to_be_visible()

    other.get_by_role("button", name=re.compile("^Label:")).click()
    other.get_by_role("option", name="Design").click()
    other.keyboard.press("Escape")
    expect(other.get_by_role("link", name="Renew the certificate")).to_be_hidden()
    expect(other.get_by_role("link", name="Send the wireframes")).to_be_visible()
    other.reload()
    expect(other.get_by_role("link", name="Send the wireframes")).to_be_visible()
    expect(other.get_by_role("link", name="Renew the certificate")).to_be_hidden()
    other.get_by_role("button", name="Clear filters").click()

    _manage(page)
    name = page.get_by_role("textbox", name="Name of Design")
    name.fill("Layout")
    name.press("Enter")
    page.get_by_role("combobox", name="Colour of Layout").select_option("Pink")
    expect(_chip(other, "Layout")).to_be_visible()

    page.get_by_role("button", name="Delete Layout").click()
    expect(_chip(other, "Layout")).to_be_hidden()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo: Label deleted").click()
    expect(_chip(other, "Layout")).to_be_visible()
    assert ours.complaints == []


def _chip(page: Page, name: str) -> Any:
    return page.get_by_role("list", name="Tasks").get_by_role("list", name="Labels").get_by_text(name)


def _manage(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Label:")).click()
    page.get_by_role("option", name="Manage labels").click()
