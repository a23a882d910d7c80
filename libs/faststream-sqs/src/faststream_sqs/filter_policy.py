"""SNS filter policies, for the test broker.

Covers exact values, prefix, suffix, equals-ignore-case, anything-but, numeric ranges and exists.
Source: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
"""

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .schemas import Topic
from .wire import Attribute, Entry

_COMPARE = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TEXT_RULES: Mapping[str, Callable[[str, str], bool]] = {
    "prefix": str.startswith,
    "suffix": str.endswith,
    "equals-ignore-case": lambda value, operand: value.lower() == operand.lower(),
}


def matches(topic: Topic, entry: Entry) -> bool:
    """Returns whether a subscription's policy lets a message pass."""
    if not topic.filter:
        return True
    if topic.filter_scope == "MessageBody":
        try:
            body = json.loads(entry.body)
        except ValueError:
            return False
        return isinstance(body, dict) and _body_matches(topic.filter, body)
    values = {name: _attribute_values(attribute) for name, attribute in entry.attributes.items()}
    return all(_any_matches(rules, values.get(name, [])) for name, rules in topic.filter.items())


def _body_matches(policy: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    for name, rules in policy.items():
        value = body.get(name)
        if isinstance(rules, Mapping):
            if not isinstance(value, Mapping) or not _body_matches(rules, value):
                return False
            continue
        values = value if isinstance(value, list) else [value] if name in body else []
        if not _any_matches(rules, values):
            return False
    return True


def _attribute_values(attribute: Attribute) -> list[Any]:
    kind, text = attribute["DataType"], attribute.get("StringValue")
    if text is None:
        return []
    if kind == "String.Array":
        parsed = json.loads(text)
        return parsed if isinstance(parsed, list) else [parsed]
    return [float(text)] if kind.startswith("Number") else [text]


def _any_matches(rules: Any, values: Sequence[Any]) -> bool:
    alternatives = rules if isinstance(rules, list | tuple) else [rules]
    return any(_rule_matches(rule, values) for rule in alternatives)


def _rule_matches(rule: Any, values: Sequence[Any]) -> bool:
    if not isinstance(rule, Mapping):
        return rule in values
    ((kind, operand),) = rule.items()
    if kind == "exists":
        return bool(values) is bool(operand)
    return any(_value_matches(kind, operand, value) for value in values)


def _value_matches(kind: str, operand: Any, value: Any) -> bool:
    if kind == "anything-but":
        if isinstance(operand, Mapping):
            return not _rule_matches(operand, [value])
        return value not in (operand if isinstance(operand, list | tuple) else [operand])
    if kind == "numeric":
        return _in_range(operand, value)
    compare = _TEXT_RULES.get(kind)
    return compare is not None and isinstance(value, str) and compare(value, operand)


def _in_range(operand: Sequence[Any], value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    pairs = zip(operand[::2], operand[1::2], strict=True)
    return all(_COMPARE[sign](value, bound) for sign, bound in pairs)
