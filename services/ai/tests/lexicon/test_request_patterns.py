"""Every row of the lexicon of requests has an example in which it is found."""

import re

import pytest

from smartstack_ai.language.openings import find_openers
from smartstack_ai.lexicon.opener import Opener
from smartstack_ai.lexicon.request_patterns import OPENERS


@pytest.mark.parametrize("opener", OPENERS, ids=lambda opener: opener.example)
def test_the_example_of_a_row_opens_a_request(opener: Opener) -> None:
    assert re.search(rf"\b(?:{opener.pattern})", opener.example, re.IGNORECASE)
    assert find_openers(opener.example, 0, len(opener.example))


def test_no_two_rows_share_an_example() -> None:
    examples = [opener.example for opener in OPENERS]
    assert len(examples) == len({*examples})
