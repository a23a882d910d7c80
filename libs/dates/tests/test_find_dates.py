"""The grammar: its table of phrases, what is no date, and what a mention carries."""

import pytest

from smartstack_dates import find_dates
from smartstack_dates.testing import LONDON, MONDAY, phrases, written

# These words mean the day before what they name, which is for the caller to say.
SAID = [(phrase, due) for phrase, due in phrases() if phrase != "before the weekend"]


@pytest.mark.parametrize(("phrase", "expected"), SAID)
def test_phrase_is_read_wherever_it_stands(phrase: str, expected: str) -> None:
    for text in (f"Could you send the report {phrase}?", f"Please update the logo {phrase}, thanks."):
        (mention,) = find_dates(text, MONDAY, LONDON)
        assert written(mention.value) == expected
        assert text[mention.start : mention.end] in phrase


@pytest.mark.parametrize(
    "text",
    [
        "The cat sat on the mat and we may march on.",
        "Second, could you see if one of them may fit?",
        "I was wondering about the 2nd page and the first draft.",
        "Version 1.2.3 on 10.0.0.1 takes 2 seconds for 50% of 3 users.",
        "My number is 020 7946 0000 and the price is $12.50.",
        "Nobody knew what the sun was.",
        "It is 5 to 10 times faster at 3 places.",
    ],
)
def test_no_date_is_invented(text: str) -> None:
    assert find_dates(text, MONDAY, LONDON) == []


def test_mentions_carry_their_flags_and_exact_offsets() -> None:
    text = "Since yesterday, or every Friday, or next week: 2027-01-05 at 3pm."
    mentions = find_dates(text, MONDAY, LONDON)
    assert [(text[m.start : m.end], m.kind, sorted(m.flags)) for m in mentions] == [
        ("yesterday", "date", ["past"]),
        ("Friday", "date", ["recurring"]),
        ("next week", "date", ["period"]),
        ("2027-01-05 at 3pm", "datetime", ["explicit"]),
    ]


@pytest.mark.parametrize(
    "text",
    ["Free at the moment?", "Not at present.", "By close of business.", "At close of play, please", "Right now!"],
)
def test_a_text_without_digit_or_day_can_hold_a_date(text: str) -> None:
    assert len(find_dates(text, MONDAY, LONDON)) == 1
