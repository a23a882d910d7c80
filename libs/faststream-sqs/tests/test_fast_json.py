"""The JSON parser means the same as the standard library's."""

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from faststream_sqs.fast_json import loads

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def outcome(parse: Any, text: str | bytes) -> str:
    try:
        return repr(parse(text))
    except ValueError:
        return "no JSON"


@given(VALUES, st.booleans())
@example(value=10**400, escaped=True)
@example(value=1e308 * 10, escaped=True)
def test_values_are_the_same(value: Any, escaped: bool) -> None:
    text = json.dumps(value, ensure_ascii=escaped)
    assert outcome(loads, text.encode()) == outcome(json.loads, text.encode())


@given(st.text(st.sampled_from('{}[]:,"\\ue0123456789aflnrst.+-E \n\t\0é'), max_size=24))
@example('"\\ud800"')
@example("\ufeff1")
@example("-0")
@example("1.0E+2")
@example("[" * 500 + "]" * 500)
@example('{"a": 1, "a": 2}')
@example("NaN")
def test_what_is_no_json_is_the_same(text: str) -> None:
    assert outcome(loads, text.encode()) == outcome(json.loads, text.encode())
