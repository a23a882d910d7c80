"""The output of `tofu show -json`, made easy to query: resources by type, policies by their principals.

Takes a state (what was applied) or a plan (what would be). A plan does not know everything: what only AWS can name is
`UNKNOWN`, which is something rather than nothing. Format: https://opentofu.org/docs/internals/json-format/
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]


class _Unknown:
    """A value that exists only once AWS has made it."""

    def __repr__(self) -> str:
        return "(known after apply)"


UNKNOWN: Final = _Unknown()


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: where it stands in the code, and its arguments and attributes."""

    address: str
    type: str
    values: Json

    def __getitem__(self, name: str) -> Any:
        """Return an attribute; None when it has no value."""
        return self.values.get(name)

    @property
    def name(self) -> str:
        """Return the last part of the address, with its key."""
        return self.address.rpartition(f"{self.type}.")[2]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy, everything in lists."""

    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[tuple[str, str], ...]
    conditions: Json

    @property
    def allows(self) -> bool:
        """Return whether this gives a right, rather than takes one."""
        return self.effect == "Allow"

    def gives(self, *actions: str) -> bool:
        """Return whether any of `actions` is among those that this allows, wildcards included."""
        return self.allows and any(_matches(own, action) for own in self.actions for action in actions)

    def condition(self, variable: str) -> tuple[str, ...]:
        """Return the values that the condition on `variable` asks for, whatever the test."""
        found = [value for test in self.conditions.values() for name, value in test.items() if name == variable]
        return tuple(item for value in found for item in _listed(value))


@dataclass(frozen=True, slots=True)
class Cloud:
    """One environment. `topology` is contracts/topology.json; `root` is the repository."""

    resources: tuple[Resource, ...]
    topology: Json
    root: Path
    variables: Json = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path, root: Path) -> "Cloud":
        """Read what `tofu show -json` printed of a state or of a plan."""
        document = json.loads(file.read_text())
        topology = json.loads((root / "contracts/topology.json").read_text())
        if "planned_values" in document:
            return cls(tuple(_planned(document)), topology, root)
        return cls(tuple(_walk(document.get("values", {}).get("root_module", {}))), topology, root)

    def all(self, *types: str) -> list[Resource]:
        """Return the resources of these types."""
        return [item for item in self.resources if item.type in types]

    @property
    def prefix(self) -> str:
        """Return what every name begins with: smartstack-<environment>."""
        vpc = next(iter(self.all("aws_vpc")), None)
        tags = (vpc["tags_all"] or vpc["tags"] or {}) if vpc else {}
        return f"smartstack-{tags.get('Environment', 'unknown')}"

    @property
    def is_production(self) -> bool:
        """Return whether this is the environment that people work in."""
        return self.prefix == "smartstack-prod"

    def rights(self) -> Iterator[tuple[str, Statement]]:
        """Yield the rights of each role: the role's name with each statement of its own policies."""
        for policy in self.all("aws_iam_role_policy"):
            for statement in statements(policy["policy"]):
                yield str(policy["role"]), statement

    def documents(self) -> Iterator[tuple[Resource, Statement]]:
        """Yield each statement of each policy there is, of roles and of resources."""
        for item in self.resources:
            for attribute in ("policy", "assume_role_policy", "access_policy"):
                for statement in statements(item[attribute]):
                    yield item, statement


def statements(policy: object) -> list[Statement]:
    """Return the statements of a policy in JSON; none of one that is missing or not known yet."""
    if not isinstance(policy, str) or not policy.strip():
        return []
    found = json.loads(policy).get("Statement", [])
    return [_statement(item) for item in (found if isinstance(found, list) else [found])]


def decoded(value: object) -> Json:
    """Return an attribute that holds JSON, such as a redrive policy; empty when there is none."""
    return json.loads(value) if isinstance(value, str) and value.strip() else {}


def known(value: object) -> bool:
    """Return whether a plan already knows a value."""
    return value is not UNKNOWN


def _statement(item: Json) -> Statement:
    principal = item.get("Principal", {})
    pairs = (
        [("AWS", "*")] if principal == "*" else [(kind, one) for kind in principal for one in _listed(principal[kind])]
    )
    return Statement(
        item.get("Effect", "Allow"),
        tuple(_listed(item.get("Action", []))),
        tuple(_listed(item.get("Resource", []))),
        tuple(pairs),
        item.get("Condition", {}),
    )


def _listed(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _matches(own: str, action: str) -> bool:
    if own == "*":
        return True
    return own.lower() == action.lower() or (own.endswith("*") and action.lower().startswith(own[:-1].lower()))


def _walk(module: Json) -> Iterator[Resource]:
    for item in module.get("resources", []):
        if item.get("mode") == "managed":
            yield Resource(item["address"], item["type"], item.get("values", {}))
    for child in module.get("child_modules", []):
        yield from _walk(child)


def _planned(document: Json) -> Iterator[Resource]:
    unknown = {change["address"]: change["change"].get("after_unknown", {}) for change in document["resource_changes"]}
    for item in _walk(document["planned_values"]["root_module"]):
        later = {name: UNKNOWN for name, value in unknown.get(item.address, {}).items() if value is True}
        yield Resource(item.address, item.type, item.values | later)
