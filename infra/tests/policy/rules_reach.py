"""Reach: every call that the code makes is allowed from end to end, by rights, keys, networks, edge and settings."""

import json
from collections.abc import Iterator
from typing import Any

from policy.cloud import Cloud, Resource, Statement, known, statements
from policy.findings import rule

DATABASE_PORT, SERVICE_PORT, COLLECTOR_PORT = 5432, 8000, 4318
# The methods of the gateway's routes.
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
EDGE_PATHS = ("/api/*", "/.well-known/*")
# Settings without which a service starts, and talks to itself. test_code.py holds that none is forgotten.
EVERY_SERVICE = frozenset({
    "AWS_REGION",
    "SMARTSTACK_AWS_ACCOUNT_ID",
    "SMARTSTACK_DATABASE_URL",
    "SMARTSTACK_JWKS_URL",
    "SMARTSTACK_OTLP_ENDPOINT",
    "SMARTSTACK_RESOURCE_PREFIX",
})  # fmt: skip
OWN_SETTINGS = {
    "gateway": frozenset({
        "SMARTSTACK_AI_URL",
        "SMARTSTACK_COMMS_URL",
        "SMARTSTACK_JWT_KEYS",
        "SMARTSTACK_PUBLIC_URL",
        "SMARTSTACK_TASKS_URL",
        "SMARTSTACK_TRUSTED_PROXIES",
    }),
    "ai": frozenset({"SMARTSTACK_BEDROCK_TOKEN_KEY", "SMARTSTACK_BEDROCK_URL"}),
}  # fmt: skip
# Their policies only narrow the rights of roles, and grant none.
FILTERS = frozenset({"aws_vpc_endpoint"})
FIXED = {"SMARTSTACK_DATABASE_IAM": "true", "SMARTSTACK_DECLARE": "off", "SMARTSTACK_COOKIE_SECURE": "true"}


def _services(cloud: Cloud) -> list[str]:
    return sorted({topic["service"] for topic in cloud.topology["topics"].values()})


def _containers(cloud: Cloud) -> Iterator[tuple[Resource, str, str, dict[str, Any]]]:
    """Yield each task definition with its service, its label (empty for the service itself) and its container."""
    for task in cloud.all("aws_ecs_task_definition"):
        if not isinstance(task["container_definitions"], str):
            continue
        name = str(task["family"]).removeprefix(f"{cloud.prefix}-")
        service, _, label = name.partition("-")
        if service in _services(cloud):
            yield task, service, label, json.loads(task["container_definitions"])[0]


def _rights(cloud: Cloud, role: str) -> list[Statement]:
    return [right for name, right in cloud.rights() if name == role]


@rule("settings-given")
def settings_given(cloud: Cloud) -> Iterator[str]:
    """Every setting that a service needs is given, and those that protect people have the right value."""
    for task, service, label, container in _containers(cloud):
        given = {item["name"]: item.get("value") for item in container.get("environment", [])}
        given |= {item["name"]: None for item in container.get("secrets", [])}
        wanted = EVERY_SERVICE | OWN_SETTINGS.get(service, frozenset())
        if label == "migrate":
            wanted |= {"SMARTSTACK_MIGRATION_DATABASE_URL"}
        for missing in sorted(wanted - given.keys()):
            yield f"{task['family']} has no {missing}"
        for name, value in FIXED.items():
            if name in given and given[name] != value:
                yield f"{task['family']}: {name} is {given[name]}"
        if service == "gateway" and "SMARTSTACK_COOKIE_SECURE" not in given:
            yield f"{task['family']} has no SMARTSTACK_COOKIE_SECURE"
        for name, role in (("DATABASE_URL", "app"), ("MIGRATION_DATABASE_URL", "migrator")):
            url = given.get(f"SMARTSTACK_{name}")
            if url and f"//{service}_{role}@" not in url:
                yield f"{task['family']}: {name} signs in as another role than {service}_{role}"


@rule("secrets-readable")
def secrets_readable(cloud: Cloud) -> Iterator[str]:
    """The starter of a task may read the secrets of that task, and no others."""
    for task, _, _, container in _containers(cloud):
        if not known(task["execution_role_arn"]):
            continue
        rights = _rights(cloud, str(task["execution_role_arn"]).rpartition(":")[2].rpartition("/")[2])
        allowed = {arn for right in rights if right.gives("secretsmanager:GetSecretValue") for arn in right.resources}
        wanted = {":".join(item["valueFrom"].split(":")[:7]) for item in container.get("secrets", [])}
        wanted = {_secret(arn) for arn in wanted}
        for arn in sorted(wanted - {_secret(arn) for arn in allowed}):
            yield f"{task['family']} cannot read {arn}"
        for arn in sorted({_secret(arn) for arn in allowed} - wanted):
            yield f"{task['family']} may also read {arn}"
        if wanted and not any(right.gives("kms:Decrypt") for right in rights):
            yield f"{task['family']} cannot decrypt its secrets"


def _secret(arn: str) -> str:
    return arn.rpartition(":secret:")[2] if ":secret:" in arn else arn.rpartition(":")[2]


@rule("messaging-key-usable")
def messaging_key_usable(cloud: Cloud) -> Iterator[str]:
    """Services may use the key of their queues and topics, and so may SNS, which writes to the queues."""
    queues = [one for one in cloud.all("aws_sqs_queue") if not str(one["name"]).endswith("-proxy-dlq")]
    keys = {one["kms_master_key_id"] for one in queues if known(one["kms_master_key_id"])} - {None, ""}
    for service in _services(cloud):
        rights = _rights(cloud, f"{cloud.prefix}-{service}")
        for action in ("kms:Decrypt", "kms:GenerateDataKey"):
            usable = {arn for right in rights if right.gives(action) for arn in right.resources}
            for key in sorted(keys - usable):
                yield f"{service} may not {action} with {key}"
    for key in cloud.all("aws_kms_key"):
        if key["arn"] not in keys or not known(key["policy"]):
            continue
        sns = [one for one in statements(key["policy"]) if ("Service", "sns.amazonaws.com") in one.principals]
        for action in ("kms:Decrypt", "kms:GenerateDataKey"):
            if not any(one.gives(action) for one in sns):
                yield f"SNS may not {action} for the queues"


@rule("database-sign-in")
def database_sign_in(cloud: Cloud) -> Iterator[str]:
    """Each service may sign in to the database, and its migrations may too."""
    for task, service, label, _ in _containers(cloud):
        if label == "provision" or not known(task["task_role_arn"]):
            continue
        role = f"{cloud.prefix}-{service}{f'-{label}' if label else ''}"
        user = f"{service}_{'migrator' if label == 'migrate' else 'app'}"
        users = {
            arn.rpartition("/")[2]
            for right in _rights(cloud, role)
            if right.gives("rds-db:connect")
            for arn in right.resources
        }
        if user not in users:
            yield f"role {role} cannot sign in as {user}"


@rule("flows-open")
def flows_open(cloud: Cloud) -> Iterator[str]:
    """Every connection that the code makes is let out at one end and in at the other; the database takes no other."""
    incoming, outgoing = _edges(cloud, "ingress"), _edges(cloud, "egress")
    if not incoming:
        return
    groups = {name: f"{cloud.prefix}-{name}" for name in ("alb", "gateway", "database", "collector", *_services(cloud))}
    groups = {name: _group(cloud, group) for name, group in groups.items()}
    for source, target, port in _flows(cloud):
        ends = (groups[source], groups[target])
        if (ends[1], ends[0], port) not in incoming:
            yield f"{target} does not let {source} in at {port}"
        if (ends[0], ends[1], port) not in outgoing:
            yield f"{source} is not let out to {target} at {port}"
    for ingress in cloud.all("aws_vpc_security_group_ingress_rule"):
        if ingress["security_group_id"] == groups["database"] and (ingress["cidr_ipv4"] or ingress["cidr_ipv6"]):
            yield f"{ingress.address} opens the database to {ingress['cidr_ipv4'] or ingress['cidr_ipv6']}"
    https = {rule["security_group_id"] for rule in cloud.all("aws_vpc_security_group_egress_rule") if _to_aws(rule)}
    for service in _services(cloud):
        if groups[service] not in https:
            yield f"{service} does not reach AWS"


def _flows(cloud: Cloud) -> Iterator[tuple[str, str, int]]:
    yield "alb", "gateway", SERVICE_PORT
    for service in _services(cloud):
        yield service, "database", DATABASE_PORT
        yield service, "collector", COLLECTOR_PORT
        if service != "gateway":
            yield service, "gateway", SERVICE_PORT
            yield "gateway", service, SERVICE_PORT


def _group(cloud: Cloud, name: str) -> str:
    found = [group["id"] for group in cloud.all("aws_security_group") if group["name"] == name]
    return str(found[0]) if found else name


def _edges(cloud: Cloud, direction: str) -> set[tuple[str, str, int]]:
    return {
        (str(one["security_group_id"]), str(one["referenced_security_group_id"]), int(one["from_port"] or 0))
        for one in cloud.all(f"aws_vpc_security_group_{direction}_rule")
        if known(one["security_group_id"]) and known(one["referenced_security_group_id"])
    }


def _to_aws(egress: Resource) -> bool:
    return bool(egress["cidr_ipv4"] == "0.0.0.0/0" and egress["from_port"] == 443)


@rule("edge-routes")
def edge_routes(cloud: Cloud) -> Iterator[str]:
    """Every path and method of the API gets from CloudFront through the load balancer to the gateway."""
    for distribution in cloud.all("aws_cloudfront_distribution"):
        behaviours = {one["path_pattern"]: one for one in distribution["ordered_cache_behavior"] or []}
        for path in EDGE_PATHS:
            missing = METHODS - set(behaviours.get(path, {}).get("allowed_methods", []))
            if missing:
                yield f"{path} does not take {', '.join(sorted(missing))} at the edge"
    routed = {
        value
        for one in cloud.all("aws_lb_listener_rule")
        for condition in one["condition"] or []
        for pattern in condition.get("path_pattern") or []
        for value in pattern["values"]
    }
    for path in EDGE_PATHS if cloud.all("aws_lb_listener_rule") else ():
        if path not in routed:
            yield f"the load balancer does not route {path}"


@rule("no-foreign-principal")
def no_foreign_principal(cloud: Cloud) -> Iterator[str]:
    """A policy lets in this account and AWS's services, the latter only for things of this account."""
    accounts = {str(role["permissions_boundary"]).split(":")[4] for role in cloud.all("aws_iam_role") if _bounded(role)}
    for item, statement in cloud.documents():
        if item.type in FILTERS:
            continue
        for kind, who in statement.principals if statement.allows else ():
            account = who.split(":")[4] if who.count(":") >= 5 else who
            # Rule roles-bounded is about roles that anybody could take.
            anybody = item.type == "aws_iam_role" and who == "*"
            if kind == "AWS" and account not in accounts and not anybody:
                yield f"{item.address} lets in {who}"


def _bounded(role: Resource) -> bool:
    return isinstance(role["permissions_boundary"], str) and role["permissions_boundary"].count(":") >= 5
