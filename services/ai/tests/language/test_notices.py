"""Notices that mail programs add ask for nothing, and nothing in them colours what was asked."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from smartstack_ai.language.propose import propose
from smartstack_ai.values import SourceText

LONDON = ZoneInfo("Europe/London")
AT = datetime(2026, 11, 23, 9, 30, tzinfo=LONDON)

PRINT = [
    "Please do not print this email unless it is necessary.",
    "Please don't print this e-mail unless you really need to.",
    "Please consider the environment before printing this e-mail.",
    "🌳 Please consider the environment before printing this message!",
    "Think before you print.",
    "Before printing this email, think about the environment.",
    "Do you really need to print this email?",
    "Save a tree: please don't print this message.",
    "Print this email only if absolutely necessary.",
    "Save paper – only print this e-mail if you must.",
    "Help us to protect the planet: avoid printing this mail.",
]
LEGAL = [
    "This e-mail and any attachments are confidential. If you have received it in error, please notify the sender"
    " immediately and delete it from your system.",
    "If you are not the intended recipient, please delete this message and inform us immediately.",
    "CONFIDENTIALITY NOTICE: This message is intended only for the use of the addressee. Please contact us immediately"
    " if it reached you by mistake.",
    "The information in this email is confidential and intended solely for the addressee. Please destroy all copies"
    " immediately.",
    "Any unauthorised review, use or disclosure is strictly prohibited. Please reply at once if you got it by mistake.",
    "We accept no liability for viruses. Please check this email immediately for them.",
    "The views expressed in this message are those of the author and not necessarily those of Acme Ltd.",
    "This communication may be privileged.\n\nPlease notify the sender and destroy it immediately.\n\nAcme Ltd is"
    " registered in England, company number 1234567. Please send letters to our registered office.",
]


def read(text: str) -> list[tuple[str, str]]:
    return [(found.title, found.priority) for found in propose(SourceText(text, AT, LONDON, "inbound"))]


@pytest.mark.parametrize("notice", [*PRINT, *LEGAL])
def test_a_notice_asks_for_nothing(notice: str) -> None:
    assert read(notice) == []


@pytest.mark.parametrize("notice", [*PRINT, *LEGAL])
def test_a_notice_changes_nothing_of_what_was_asked(notice: str) -> None:
    assert read(f"Could you update the footer? No rush.\n\n{notice}") == [("Update the footer", "low")]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Please print this email for the board.", "Print this email for the board"),
        ("Please don't print the flyer yet.", "Don't print the flyer yet"),
        ("Before printing the posters, please check the colours.", "Check the colours"),
        ("We received the invoice by mistake. Please cancel it.", "We received the invoice by mistake – cancel it"),
        ("Could you update our registered office in the footer?", "Update our registered office in the footer"),
        ("Please set up alerts to notify me immediately when a payment fails.", None),
        ("Please add a confidentiality notice to the newsletter.", "Add a confidentiality notice to the newsletter"),
        ("Please fix the print view of the order page.", "Fix the print view of the order page"),
        ("Please delete the old messages from the contact form.", "Delete the old messages from the contact form"),
    ],
)
def test_requests_about_print_and_privacy_are_requests(text: str, title: str | None) -> None:
    assert [found for found, _ in read(text)] == [title] if title else read(text)


@pytest.mark.parametrize(
    "text",
    [
        "Could you update the footer? No rush.",
        "Could you update the footer? There's no hurry.",
        "No rush, but could you update the footer?",
        "Could you update the footer whenever you get a chance?",
        "Could you update the footer? It's not urgent.",
        "Could you update the footer? No pressure at all.",
        "Could you update the footer? It can wait.",
        "Could you update the footer? Take your time.",
    ],
)
def test_no_rush_lowers_the_priority(text: str) -> None:
    assert read(text) == [("Update the footer", "low")]
