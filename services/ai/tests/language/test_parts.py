"""The parts of the offline engine that other parts rely on: sentences, titles, classifier weights, holidays."""

from pathlib import Path

import pytest

from smartstack_ai.language import classifier
from smartstack_ai.language.sentences import split_sentences
from smartstack_ai.language.titles import MAX_TITLE, make_title
from smartstack_ai.lexicon.verbs import GERUNDS


def split(text: str) -> list[str]:
    return [text[sentence.start : sentence.end] for sentence in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("See e.g. the blog, approx. 3 pages. Done.", ["See e.g. the blog, approx. 3 pages.", "Done."]),
        ("Ask J. Smith at 5 p.m. today.", ["Ask J. Smith at 5 p.m. today."]),
        ("It costs 1.50 on www.example.com today.", ["It costs 1.50 on www.example.com today."]),
        ("Missing space.Please fix it.", ["Missing space.", "Please fix it."]),
        ("Great 🎉 Now fix the menu", ["Great 🎉", "Now fix the menu"]),
        ("- one\n- two\n  goes on", ["one", "two\n  goes on"]),
        ("Please: 1) one 2) two", ["Please:", "1) one", "2) two"]),
        ("- [x] done\n- [ ] open", ["open"]),
        ("A line that is long enough to have been wrapped by the\nmail program.", None),
        ("Hi Sam,\nFix it.\n\nBest,\nJo Smith\n020 7946 0000", ["Fix it."]),
        ("Fix it.\n--\nJo", ["Fix it."]),
        ("Fix it.\n\nThanks\nJo\n\nP.S. Add Raj.", ["Fix it.", "P.S. Add Raj."]),
        ("> Old.\n\nNew.", ["New."]),
        ("New.\n\nOn Tue, 3 Nov 2026 at 10:00, Sam <s@x.com> wrote:\nOld.", ["New."]),
        ("New.\n-----Original Message-----\nOld.", ["New."]),
        ("Fix it.\nSent from my iPhone", ["Fix it."]),
        ("!!! ... ???", []),
    ],
)
def test_sentences_are_what_the_writer_wrote_in_this_message(text: str, sentences: list[str] | None) -> None:
    assert split(text) == ([text] if sentences is None else sentences)


def test_a_line_before_a_list_is_its_heading() -> None:
    assert [sentence.heading for sentence in split_sentences("Changes\n- one\n- two")] == [True, False, False]


@pytest.mark.parametrize(
    ("phrase", "title"),
    [
        ("send me my files please, thanks!", "Send me my files"),
        ("fix the menu because it overlaps the logo", "Fix the menu"),
        ("update iOS icons (the large ones)", "Update iOS icons (the large ones)"),
        ("eBay shop link", "eBay shop link"),
    ],
)
def test_titles_are_the_writers_words_without_reasons_and_courtesies(phrase: str, title: str) -> None:
    assert make_title(phrase, "verb", []) == title


def test_long_titles_end_at_a_word() -> None:
    title = make_title("rewrite " + "the opening paragraph " * 20, "verb", [])
    assert len(title) <= MAX_TITLE
    assert title.endswith(("paragraph…", "opening…", "the…"))


def test_gerunds_lead_back_to_their_verbs() -> None:
    assert [GERUNDS[word] for word in ("sending", "making", "putting")] == ["send", "make", "put"]


def test_the_packaged_weights_tell_requests_from_news() -> None:
    model = classifier.load()
    assert model.probability("Please send me the report.") > 0.9
    assert model.probability("The weather was nice in Rome.") < 0.3


def test_weights_of_another_format_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "classifier.py").touch()
    (tmp_path / "request_model.bin").write_bytes(classifier.HEADER.pack(b"SSRM", 99, 16, 0.0, 1.0))
    monkeypatch.setattr(classifier, "__file__", str(tmp_path / "classifier.py"))
    with pytest.raises(ValueError, match="does not fit"):
        classifier.load.__wrapped__()
