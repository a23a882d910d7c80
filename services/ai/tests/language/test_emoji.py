"""An emoji inside a sentence is a word; after one it ends it or decorates it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from smartstack_ai.language.propose import propose
from smartstack_ai.language.sentences import split_sentences
from smartstack_ai.values import SourceText

LONDON = ZoneInfo("Europe/London")
AT = datetime(2026, 11, 23, 9, 30, tzinfo=LONDON)
FRIDAY = datetime(2026, 11, 27, 23, 59, 59, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Could you fix the 🛒 page by Friday?", "Fix the 🛒 page"),
        ("Please add a 🎉 to the banner by Friday.", "Add a 🎉 to the banner"),
        ("Please swap the 📞 icon for a ✉️ by Friday.", "Swap the 📞 icon for a ✉️"),
        ("Could you replace 🔒 with 🔓 on the login page by Friday?", "Replace 🔒 with 🔓 on the login page"),
        ("Please fix the 👩‍💻 page by Friday.", "Fix the 👩‍💻 page"),
        ("Can you change the 🇩🇪 flag to 🇦🇹 by Friday?", "Change the 🇩🇪 flag to 🇦🇹"),
        ("Please make our 🟢 Start button bigger by Friday.", "Make our 🟢 Start button bigger"),
        ("Please move cart 🛒 icon left by Friday.", "Move cart 🛒 icon left"),
        ("Please use the 👍🏽 emoji in the newsletter by Friday.", "Use the 👍🏽 emoji in the newsletter"),
        ("Please add 🙂 to the footer by Friday.", "Add 🙂 to the footer"),
        ("Please remove the 😀 from the subject by Friday.", "Remove the 😀 from the subject"),
    ],
)
def test_an_emoji_is_a_word_of_the_request(text: str, title: str) -> None:
    (proposal,) = propose(SourceText(text, AT, LONDON, "inbound"))
    assert (proposal.title, proposal.due_at, proposal.evidence[0].quote) == (title, FRIDAY, text)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Could you send the logo 🙏", "Send the logo"),
        ("Please send the logo 🎉🎉", "Send the logo"),
        ("🚨 The site is down", "The site is down"),
        ("🛒 page doesn't load", "🛒 page doesn't load"),
        ("🙏 please send the logo", "Send the logo"),
    ],
)
def test_an_emoji_at_either_end_decorates_unless_it_names(text: str, title: str) -> None:
    assert [found.title for found in propose(SourceText(text, AT, LONDON, "inbound"))] == [title]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Great 🎉 Now fix the menu", ["Great 🎉", "Now fix the menu"]),
        ("Thanks 🙏 could you send the fonts?", ["Thanks 🙏", "could you send the fonts?"]),
        ("The site is down 😱 fix it", ["The site is down 😱", "fix it"]),
        ("Love it 💛 Please publish it", ["Love it 💛", "Please publish it"]),
        ("Launch day 🚀 could you check the links?", ["Launch day 🚀", "could you check the links?"]),
        ("The 🛒 and the ❤ are gone", ["The 🛒 and the ❤ are gone"]),
    ],
)
def test_an_emoji_after_a_sentence_ends_it(text: str, sentences: list[str]) -> None:
    assert [text[found.start : found.end] for found in split_sentences(text)] == sentences
