"""A lead-in that says what to do is the request, and the list below says to what; else the items are the requests."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from smartstack_ai.language.propose import propose
from smartstack_ai.values import Proposal, SourceText

LONDON = ZoneInfo("Europe/London")
AT = datetime(2026, 11, 23, 9, 30, tzinfo=LONDON)


def read(text: str) -> list[Proposal]:
    return propose(SourceText(text, AT, LONDON, "inbound"))


@pytest.mark.parametrize(
    ("lead_in", "items", "title"),
    [
        (
            "Please invite these people to the staging site:\n",
            ["anna@example.com", "bob@example.com"],
            "Invite these people to the staging site",
        ),
        ("Can you add the following users:", ["Anna Smith", "Bob Jones"], "Add the following users"),
        ("Could you give these people access:", ["- Anna Smith", "- Bob Jones"], "Give these people access"),
        ("Please update these pages:\n", ["https://example.com/a", "https://example.com/b"], "Update these pages"),
        (
            "Could you redirect these URLs to the homepage:",
            ["/about-us", "/contact"],
            "Redirect these URLs to the homepage",
        ),
        ("Please send the invoice to:", ["Acme Ltd", "12 High Street", "London"], "Send the invoice"),
        ("Please call these numbers:", ["020 7946 0000", "+44 20 7946 0001"], "Call these numbers"),
        ("Please use these colours in the header:", ["• #2E7D32", "• #FFFFFF"], "Use these colours in the header"),
        ("Could you publish these files:", ["1. menu.pdf", "2. prices.pdf"], "Publish these files"),
        (
            "Please can you add these events to the calendar:",
            ["- Winter fair, 12 December", "- Carol concert, 18 December"],
            "Add these events to the calendar",
        ),
    ],
)
def test_addresses_names_and_things_below_are_details(lead_in: str, items: list[str], title: str) -> None:
    text = "\n".join([lead_in, *items])
    (proposal,) = read(text)
    assert (proposal.title, proposal.needs_review) == (title, False)
    quoted = " ".join(evidence.quote for evidence in proposal.evidence)
    assert all(item.lstrip("-•12. ") in quoted for item in items)


def test_the_due_date_of_the_lead_in_is_that_of_the_request() -> None:
    (proposal,) = read("Please invite these people by Friday:\n- anna@example.com\n- bob@example.com")
    assert proposal.due_at == datetime(2026, 11, 27, 23, 59, 59, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Could you please:\n- send the logo\n- fix the footer", ["Send the logo", "Fix the footer"]),
        ("Please make these changes:\n- bigger logo\n- darker text", ["Bigger logo", "Darker text"]),
        ("Please fix these bugs:\n- the menu is broken\n- the footer overlaps the form", None),
        ("Please do the following:\n1. Move the logo\n2. Remove the banner", ["Move the logo", "Remove the banner"]),
        ("Please prepare:\na) a site map\nb) three moodboards", ["Site map", "Three moodboards"]),
        (
            "Please update the homepage:\n- move the logo\n- swap the hero image",
            ["Move the logo", "Swap the hero image"],
        ),
        ("Please update these:\n\nThe menu is broken.\nThe footer overlaps the form.", None),
        ("Changes for the menu:\n- Delete the risotto\n- Add the soup", ["Delete the risotto", "Add the soup"]),
    ],
)
def test_items_that_ask_are_the_requests(text: str, titles: list[str] | None) -> None:
    found = [proposal.title for proposal in read(text)]
    assert found == titles if titles else len(found) == 2


def test_what_follows_the_list_is_read_as_ever() -> None:
    invited = "Please invite these people:\n\nanna@example.com\nbob@example.com"
    text = f"{invited}\n\nAlso please fix the menu by Friday.\n\nThanks"
    assert [proposal.title for proposal in read(text)] == ["Invite these people", "Fix the menu"]
