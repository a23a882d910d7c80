"""A deploy needs the right to make everything in the code: seen here rather than half-way through the first deploy.

service_authorization.json lists by resource type every right that AWS checks while it makes one: the action itself on
each resource type that it names, and its dependent actions. A line reads `ACTION on ARN`, with `via SERVICE` where the
service calls KMS for the caller. Source: AWS's Service Authorization Reference,
https://docs.aws.amazon.com/service-authorization/latest/reference/, and the developer guides of Lambda, DynamoDB and
Application Auto Scaling for what they call by themselves.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hcl import INFRA, blocks, everywhere

NEEDS: dict[str, list[str]] = json.loads((Path(__file__).parent / "service_authorization.json").read_text())
MODULE = INFRA / "modules/github_oidc"
# Nothing is made: it waits until something else is ready.
WAITS = {"aws_acm_certificate_validation"}
BOOTSTRAP = {INFRA / "bootstrap", MODULE}
EXAMPLE = {
    "region": "eu-west-1",
    "account": "111111111111",
    "registry": "444444444444",
    "prefix": "smartstack-test",
}
STATE_BUCKET = "arn:aws:s3:::smartstack-test-111111111111-state"
STATE_KEY = "arn:aws:kms:eu-west-1:111111111111:key/state"
# The use of its state by a deploy: it reads, writes and locks it.
WITH_STATE = {"s3:PutObject", "s3:DeleteObject", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}
WITH_STATE |= {"kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:CreateKey"}
# It has no resource: it is about the whole account.
WITH_STATE |= {"s3:PutAccountPublicAccessBlock"}
VARIABLES = {
    "var.state_bucket_arn": STATE_BUCKET,
    "var.state_key_arn": STATE_KEY,
    "var.region": EXAMPLE["region"],
    "var.account_id": EXAMPLE["account"],
    "var.registry_account_id": EXAMPLE["registry"],
    "var.prefix": EXAMPLE["prefix"],
    "local.names": f"{EXAMPLE['prefix']}-*",
    'coalesce(var.hosted_zone_id, "*")': "*",
}
LOOP = re.compile(r"for (\w+) in \[([^\]]*)\]\s*:")
TEXT = re.compile(r'"((?:[^"$]|\$\{[^}]*\})*)"')


@dataclass(frozen=True)
class Right:
    """One statement that allows something. `via` are the services through which alone KMS may be used, if any."""

    actions: frozenset[str]
    resources: tuple[str, ...]
    via: tuple[str, ...]

    def allows(self, action: str, arn: str, via: str) -> bool:
        if self.via and f"{via}.{EXAMPLE['region']}.amazonaws.com" not in self.via:
            return False
        return action in self.actions and any(fnmatchcase(arn, pattern) for pattern in self.resources)


def expanded(expression: Any) -> tuple[str, ...]:
    """Return the strings that a list in the code holds, its `for` loops unrolled."""
    text = json.dumps(expression) if isinstance(expression, list) else str(expression)
    text = text.replace('\\"', '"')
    loops = {name: [_item(one) for one in values.split(",")] for name, values in LOOP.findall(text)}
    found = []
    for template in TEXT.findall(LOOP.sub("", text)):
        used = [name for name in loops if f"${{{name}}}" in template]
        filled = (dict(zip(used, values, strict=True)) for values in product(*(loops[name] for name in used)))
        found += [_filled(template, names) for names in filled]
    return tuple(found)


def _item(text: str) -> str:
    text = text.strip()
    return _filled(text.strip('"'), {}) if text.startswith('"') else VARIABLES.get(text, text)


def _filled(template: str, names: dict[str, str]) -> str:
    for name, value in {**VARIABLES, **names}.items():
        template = template.replace(f"${{{name}}}", value)
    return template


def rights(start: str = "deploy_") -> Iterator[Right]:
    for data in blocks(MODULE, "data"):
        if not data.labels[1].startswith(start):
            continue
        body = data.body
        dynamic = (
            [content for item in body.get("dynamic", []) for content in item["statement"]["content"]]
            if isinstance(body.get("dynamic"), list)
            else []
        )
        for statement in [*body.get("statement", []), *dynamic]:
            via = [c for c in statement.get("condition", []) if c["variable"] == "kms:ViaService"]
            yield Right(
                frozenset(expanded(statement["actions"])),
                expanded(statement["resources"]),
                tuple(value for condition in via for value in expanded(condition["values"])),
            )


def missing(need: str, given: list[Right]) -> bool:
    action, _, rest = need.format(**EXAMPLE).partition(" on ")
    arn, _, via = rest.partition(" via ")
    return not any(right.allows(action, arn, via) for right in given)


def test_every_resource_type_of_the_code_is_in_the_list() -> None:
    made = {block.labels[0] for block in everywhere("resource") if block.file.parent not in BOOTSTRAP} - WAITS
    assert made - NEEDS.keys() == set()


@pytest.mark.parametrize("kind", sorted(NEEDS))
def test_a_deploy_may_make_it_with_all_that_it_depends_on(kind: str) -> None:
    given = list(rights())
    assert [need for need in NEEDS[kind] if missing(need, given)] == []


def test_a_deploy_cannot_alter_the_bucket_and_the_key_of_its_state() -> None:
    given, denied = list(rights()), list(rights("protect_state"))
    for arn in (STATE_BUCKET, STATE_KEY, "arn:aws:kms:eu-west-1:111111111111:alias/smartstack-test-state"):
        actions = {action for right in given for action in right.actions if right.allows(action, arn, "")}
        service = arn.split(":")[2]
        altering = {action for action in actions if action.startswith(f"{service}:")} - WITH_STATE
        assert altering, arn
        assert {one for one in altering if not any(right.allows(one, arn, "") for right in denied)} == set(), arn


def test_a_right_on_other_things_is_not_enough() -> None:
    given = [
        Right(frozenset({"rds:CreateDBInstance"}), ("arn:aws:rds:eu-west-1:111111111111:db:smartstack-test*",), ())
    ]
    assert missing("rds:CreateDBInstance on arn:aws:rds:{region}:{account}:og:default:postgres-18", given)
    assert not missing("rds:CreateDBInstance on arn:aws:rds:{region}:{account}:db:{prefix}", given)


def test_a_right_through_one_service_is_none_through_another() -> None:
    given = [Right(frozenset({"kms:Encrypt"}), ("*",), ("rds.eu-west-1.amazonaws.com",))]
    assert missing("kms:Encrypt on arn:aws:kms:{region}:{account}:key/1 via lambda", given)
    assert not missing("kms:Encrypt on arn:aws:kms:{region}:{account}:key/1 via rds", given)
