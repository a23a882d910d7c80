"""Names and titles: what is refused, what is removed, what is kept."""

from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from smartstack_chassis.http.inputs import Input, VisibleText


class Named(Input):
    """A body with a name."""

    name: Annotated[str, Field(min_length=1, max_length=50), VisibleText]


REFUSED = {
    "spaces": " \u00a0\u2003\u3000",
    "a zero-width space": "\u200b",
    "a byte order mark": "\ufeff",
    "joiners": "\u200d\u200c",
    "a word joiner": "\u2060",
    "a soft hyphen": "\u00ad",
    "directional marks": "\u200e\u200f\u061c",
    "overrides and embeddings": "\u202a\u202e\u202c",
    "isolates": "\u2066\u2067\u2069",
    "a combining mark": "\u0301",
    "a combining mark after a space": " \u0301 ",
    "an enclosing mark": "\u20dd",
    "a vowel sign alone": "\u093e",
    "variation selectors": "\ufe0f\ufe0e",
    "tags": "\U000e0067\U000e007f",
    "control characters": "\x01\x1b\x7f",
    "Hangul fillers": "\u3164\u115f\u1160\uffa0",
    "empty Braille": "\u2800",
    "NUL": "Acme\x00",
    "NUL alone": "\x00",
}


@pytest.mark.parametrize("name", REFUSED.values(), ids=REFUSED)
def test_a_name_that_shows_nothing_is_refused(name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Named(name=name)
    [error] = refused.value.errors()
    assert error["loc"] == ("name",)


REMOVED = {
    "\u202eAcme\u202c": "Acme",
    "\u2067Acme\u2069 Ltd": "Acme Ltd",
    "Ac\u200bme": "Acme",
    "\ufeffAcme": "Acme",
    "Ac\u00adme": "Acme",
    " \u200e Acme \u200f ": "Acme",
    "invoice\u202efdp.exe": "invoicefdp.exe",
}


@pytest.mark.parametrize(("name", "kept"), REMOVED.items(), ids=ascii)
def test_controls_that_nobody_sees_are_removed_from_a_name(name: str, kept: str) -> None:
    assert Named(name=name).name == kept


KEPT = [
    "Acme",
    "Å",
    "A\u030a",
    "שלום",
    "می\u200cخواهم",
    "हिन्दी",
    "क्\u200dष",
    "👩\u200d💻",
    "❤\ufe0f",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "\U0001fae9",
    "!",
    "1\ufe0f\u20e3",
    "한국",
    "⠓⠊",
]


@pytest.mark.parametrize("name", KEPT, ids=ascii)
def test_a_name_in_any_script_is_kept_as_it_is(name: str) -> None:
    assert Named(name=name).name == name


@given(st.text(max_size=50))
def test_a_name_that_was_accepted_is_accepted_again_unchanged(name: str) -> None:
    try:
        kept = Named(name=name).name
    except ValidationError:
        return
    assert kept.strip()
    assert Named(name=kept).name == kept
