"""What holds for any text at all: verbatim evidence, no exception, no date in the past, linear time."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartstack_ai.language.message import MAX_CHARACTERS
from smartstack_ai.language.propose import propose
from smartstack_ai.values import Direction, Proposal, SourceText

ZONES = [ZoneInfo(name) for name in ("Europe/London", "America/New_York", "Pacific/Auckland", "Asia/Kolkata", "UTC")]
WORDS = """
Could you please send fix update the logo a file by before Friday tomorrow next week end of month the 15th 2/10 10 2
in three days 5pm at noon and or , . ? ! : ; - – — ( ) " ' ’ “ I'll we'll won't isn't is down broken need needs to
Thanks Hi Sam \n \n\n - * 1. 2) > On Mon wrote: -- Best, 🙏 👩‍💻 é e\u0301 \u200b \u202e \ufeff \u00a0 İ ß ﬁ 𝔘 www.x.com
a@b.co $12 31st February 2027-02-30 29/02 99/99 24:00 25:61 0 00 9999 from since until Monday's every today now ago
last January May march sat sun half past six quarter to Christmas EOD two weeks after within 48 hours don't forget
"""

EARLIEST, LATEST = datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2100-01-01")
MONDAY = datetime.fromisoformat("2026-11-23T09:30")

moments = st.datetimes(EARLIEST, LATEST)
directions: st.SearchStrategy[Direction] = st.sampled_from(["inbound", "outbound"])
likely_texts = st.lists(st.sampled_from(WORDS.split(" ")), max_size=60).map(" ".join)
texts = likely_texts | st.text(max_size=300)


def source(text: str, at: datetime, zone: ZoneInfo, direction: Direction = "inbound") -> SourceText:
    return SourceText(text, at.replace(tzinfo=zone), zone, direction)


@given(texts, moments, st.sampled_from(ZONES), directions)
@settings(max_examples=400, deadline=None)
def test_any_text_gives_verbatim_evidence_and_dates_that_are_not_past(
    text: str, at: datetime, zone: ZoneInfo, direction: Direction
) -> None:
    message = source(text, at, zone, direction)
    for proposal in propose(message):
        assert proposal.evidence
        for evidence in proposal.evidence:
            assert text[evidence.start : evidence.end] == evidence.quote
            assert evidence.quote.strip()
        assert proposal.title == proposal.title.strip() != ""
        assert len(proposal.title) <= 100
        assert "\n" not in proposal.title
        assert 0 <= proposal.confidence <= 1
        assert proposal.kind == ("task" if direction == "inbound" else "commitment")
        if proposal.due_at:
            assert proposal.due_at >= message.at
            assert proposal.due_at.tzinfo is zone


@given(texts, moments, st.sampled_from(ZONES), directions)
@settings(max_examples=100, deadline=None)
def test_the_same_message_always_gives_the_same_answer(
    text: str, at: datetime, zone: ZoneInfo, direction: Direction
) -> None:
    message = source(text, at, zone, direction)
    assert propose(message) == propose(message)


@pytest.mark.parametrize("noise", ["\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\u00ad"])
def test_invisible_characters_neither_hide_a_request_nor_move_its_quote(noise: str) -> None:
    text = f"{noise}Hi!{noise} Could y{noise}ou se{noise}nd the fi{noise}le by Fri{noise}day?"
    (proposal,) = propose(source(text, MONDAY, ZONES[0]))
    assert proposal.title == "Send the file"
    assert proposal.due_at == datetime(2026, 11, 27, 23, 59, 59, tzinfo=ZONES[0])
    assert text[proposal.evidence[0].start : proposal.evidence[0].end] == proposal.evidence[0].quote


@pytest.mark.parametrize("prefix", ["🙏🙏 ", "👩‍💻 ", "Café e\u0301 ", "𝔘𝔫𝔦 ", "İstanbul ", "“Merci” ", "日本語。 "])
def test_quotes_count_code_points_after_any_characters(prefix: str) -> None:
    text = f"{prefix}\nCould you send the file?"
    (proposal,) = propose(source(text, MONDAY, ZONES[0]))
    (evidence,) = proposal.evidence
    assert evidence.quote == "Could you send the file?"
    assert evidence.start == text.index("Could")


def repeated(unit: str) -> str:
    return (unit * (MAX_CHARACTERS // len(unit) + 1))[:MAX_CHARACTERS]


INBOUND = """
a|.|..a|1|1/|> |a, |and |please |would be |by friday |5 to |3 days from |end of |mon tue wed |🙏|e\u0301|A. |'
is down |could you |hi sam, |a.b@|http://|x-|thanks\\n|On Mon 3\\n|send it, |if you get |- fix it by Friday\\n
"""


@pytest.mark.parametrize("unit", [" ", "\n", "\u200b", *INBOUND.strip().replace("\\n", "\n").split("|")])
def test_twenty_thousand_characters_of_anything_are_read_in_linear_time(unit: str) -> None:
    message = source(repeated(unit), MONDAY, ZONES[0])
    started = time.process_time()
    propose(message)
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize("unit", ["I'll send it Friday and ", "will ", "I'll ", "expect "])
def test_twenty_thousand_characters_of_promises_are_read_in_linear_time(unit: str) -> None:
    message = source(repeated(unit), MONDAY, ZONES[0], "outbound")
    started = time.process_time()
    propose(message)
    assert time.process_time() - started < 2.0


def test_reads_no_further_than_its_limit() -> None:
    text = "x" * MAX_CHARACTERS + " Could you send the file?"
    assert propose(source(text, MONDAY, ZONES[0])) == []


def test_a_message_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        SourceText("Hi", MONDAY, ZONES[0], "inbound")


def test_proposals_are_values() -> None:
    proposals: list[Proposal] = propose(source("Fix the menu.", MONDAY, ZONES[0]))
    assert len({*proposals}) == 1
