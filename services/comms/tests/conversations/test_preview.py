"""The previews of messages."""

from hypothesis import given
from hypothesis import strategies as st

from smartstack_comms.conversations.domain import PREVIEW_LENGTH, preview


@given(st.text())
def test_a_preview_is_one_short_line_without_stray_spaces(body: str) -> None:
    line = preview(body)
    assert len(line) <= PREVIEW_LENGTH
    assert len(line.splitlines()) <= 1
    assert line == " ".join(line.split())


@given(st.text())
def test_a_preview_shows_how_the_message_begins_and_whether_it_goes_on(body: str) -> None:
    whole, line = " ".join(body.split()), preview(body)
    if len(whole) <= PREVIEW_LENGTH:
        assert line == whole
    else:
        assert line.endswith("…")
        assert whole.startswith(line[:-1])
        assert len(line) >= PREVIEW_LENGTH - 1


@given(st.text())
def test_the_preview_of_a_preview_is_itself(body: str) -> None:
    assert preview(preview(body)) == preview(body)
