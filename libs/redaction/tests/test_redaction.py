"""Personal data is found by its form and its check digits, masked, and put back."""

import json
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartstack_redaction import Masking, find, mask, mask_all


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write to ann.o'neil+x@mail.example.co.uk, please", "write to ann.o'[email], please"),
        ("an@bücher.example", "[email]"),
        ("IBAN DE89 3704 0044 0532 0130 00 by Friday", "IBAN [iban] by Friday"),
        ("pay GB29NWBK60161331926819.", "pay [iban]."),
        ("gb29 nwbk 6016 1331 9268 19 is ours", "[iban] is ours"),
        ("card 4111 1111 1111 1111, exp 12/27", "card [card], exp 12/27"),
        ("378282246310005", "[card]"),
        ("call +44 20 7946 0958 today", "call [phone] today"),
        ("call +1 (415) 555-0132", "call [phone]"),
        ("(415) 555-0132 or 415-555-0132", "[phone] or [phone]"),
        ("ring 020 7946 0958 or 07700 900123", "ring [phone] or [phone]"),
        ("0049/30/901820", "[phone]"),
        ("SSN 078-05-1120", "SSN [ssn]"),
        ("from 192.168.0.17 at night", "from [ip] at night"),
        ("key AKIAIOSFODNN7EXAMPLE leaked", "key [secret] leaked"),
        ("token eyJhbGciOiJFZDI1NTE5In0.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "token [secret]"),
    ],
)
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "by 2026-11-23 17:00, or 23/11/2026, or 3.12.2026",
        "invoice 2026-0042 over 12,500.00 EUR",
        "order 4111 1111 1111 1112 has no valid check digit",
        "GB29NWBK60161331926818 neither",
        "version 1.2.3, ratio 16:9, 1920x1080, 300 dpi",
        "999.1.2.3 is no address",
        "meet @ noon, 10-12 people, 0.5 mm",
        "id 019abf3e-7c1d-7e2a-9f00-0123456789ab",
        "between 1000 and 2000 copies",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert mask(text) == text


def test_json_is_masked_in_depth() -> None:
    value = {"messages": [{"text": "ann@example.com"}, 3, None], "ann@example.com": True}
    assert mask_all(value) == {"messages": [{"text": "[email]"}, 3, None], "[email]": True}


def test_one_value_has_one_placeholder_and_comes_back() -> None:
    masking = Masking()
    hidden = masking.hide("ann@example.com and bob@example.com, again ann@example.com, call 020 7946 0958")
    assert hidden == "[email 1] and [email 2], again [email 1], call [phone 1]"
    assert masking.reveal("ask [email 2]") == "ask bob@example.com"
    assert masking.reveal("ask [email 7]") == "ask [email 7]"


def test_a_value_comes_back_only_where_it_was_said() -> None:
    masking = Masking()
    masking.hide("ann@example.com bob@example.com")
    assert masking.reveal("[email 1] [email 2]", where="only ann@example.com here") == "ann@example.com [email]"


def test_a_placeholder_in_the_text_itself_reveals_nothing() -> None:
    masking = Masking()
    hidden = masking.hide("[email 1] wrote, not ann@example.com")
    assert hidden == "[email 1] wrote, not [email 2]"
    assert masking.reveal(hidden) == "[email 1] wrote, not ann@example.com"


@given(st.text(alphabet="a1@.+- 0()49[email]", max_size=80))
def test_hidden_text_reveals_to_itself(text: str) -> None:
    masking = Masking()
    assert masking.reveal(masking.hide(text)) == text


@given(st.text(max_size=200))
def test_finds_are_in_order_and_apart(text: str) -> None:
    found = find(text)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert json.dumps(mask(text))


def test_no_text_makes_it_slow() -> None:
    begun = time.process_time()
    for text in (
        "1 " * 10_000,
        "a@" * 10_000,
        "DE89 " * 4_000,
        "+1(" * 7_000,
        "a." * 10_000 + "@",
        "-----BEGIN " * 2_000,
    ):
        find(text)
    assert time.process_time() - begun < 2
