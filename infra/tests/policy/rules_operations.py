"""Rules that help the person on call, and rules for irreversible changes in production."""

import re
from collections.abc import Iterator
from itertools import combinations

from policy.cloud import Cloud, Resource
from policy.findings import rule

RUNBOOK = re.compile(r"Runbook: (architecture/runbooks/[a-z-]+\.md)$")
# The naming attributes, by which two environments must differ.
NAMED = ("bucket", "identifier", "function_name", "alarm_name", "dashboard_name", "family")
# Their names count within their parent, or belong to others.
WITHIN_OWNER = frozenset({
    "aws_default_security_group",
    "aws_iam_role_policy",
    "aws_cloudwatch_log_metric_filter",
    "aws_appautoscaling_policy",
    "aws_service_discovery_http_namespace",
    "aws_wafv2_web_acl_logging_configuration",
    "aws_route53_record",
})  # fmt: skip


def _first(value: object) -> dict[str, object]:
    return value[0] if isinstance(value, list) and value else {}


@rule("alarm-runbook")
def alarm_runbook(cloud: Cloud) -> Iterator[str]:
    """Every alarm notifies a topic, and names a runbook that exists."""
    for alarm in cloud.all("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"):
        name = alarm["alarm_name"]
        if not alarm["alarm_actions"]:
            yield f"{name} notifies no topic"
        found = RUNBOOK.search(str(alarm["alarm_description"] or ""))
        if not found or not (cloud.root / found[1]).is_file():
            yield f"{name} has no runbook"
    for budget in cloud.all("aws_budgets_budget"):
        runbook = (budget["tags"] or {}).get("Runbook", "")
        if not runbook or not (cloud.root / runbook).is_file():
            yield f"budget {budget['name']} has no runbook"


@rule("budget-forecast")
def budget_forecast(cloud: Cloud) -> Iterator[str]:
    """There is a budget, and it notifies a person before the money is spent."""
    budgets = cloud.all("aws_budgets_budget")
    if not budgets:
        yield "there is no budget"
    for budget in budgets:
        if not any(one["notification_type"] == "FORECASTED" for one in budget["notification"] or []):
            yield f"{budget['name']} reports only money that is already spent"


@rule("production-protected")
def production_protected(cloud: Cloud) -> Iterator[str]:
    """Production survives a zone and a slip of the hand: standby, backups, nothing deleted, audit locked."""
    if not cloud.is_production:
        return
    for database in cloud.all("aws_db_instance"):
        yield from _database(database)
    for balancer in cloud.all("aws_lb"):
        if not balancer["enable_deletion_protection"]:
            yield f"load balancer {balancer['name']} can be deleted"
    for table in cloud.all("aws_dynamodb_table"):
        if not table["deletion_protection_enabled"]:
            yield f"table {table['name']} can be deleted"
    for bucket in cloud.all("aws_s3_bucket"):
        if bucket["force_destroy"]:
            yield f"bucket {bucket['bucket']} can be deleted with all it holds"
    locks = cloud.all("aws_s3_bucket_object_lock_configuration")
    modes = {_first(_first(lock["rule"]).get("default_retention")).get("mode") for lock in locks}
    if modes != {"COMPLIANCE"}:
        yield "audit records can be deleted"
    gateways = cloud.all("aws_nat_gateway")
    if len(gateways) < 2:
        yield "the way out is in one zone"


def _database(database: Resource) -> Iterator[str]:
    name = database["identifier"]
    if not database["deletion_protection"] or database["skip_final_snapshot"]:
        yield f"database {name} can be deleted"
    if not database["multi_az"]:
        yield f"database {name} has no standby"
    if int(database["backup_retention_period"] or 0) < 14:
        yield f"database {name} cannot be restored for 14 days"


@rule("deploys-roll-back")
def deploys_roll_back(cloud: Cloud) -> Iterator[str]:
    """A deploy that fails takes itself back: alarms on a canary, a circuit breaker elsewhere."""
    for service in cloud.all("aws_ecs_service"):
        breaker = _first(service["deployment_circuit_breaker"])
        alarms = _first(service["alarms"])
        if not (breaker.get("enable") and breaker.get("rollback")) and not (
            alarms.get("enable") and alarms.get("rollback")
        ):
            yield f"{service['name']} stays broken"


@rule("names-carry-environment")
def names_carry_environment(cloud: Cloud) -> Iterator[str]:
    """Every name says which environment it belongs to."""
    for name, address in _names(cloud):
        if cloud.prefix not in name:
            yield f"{address} is called {name}"


def shared_between(clouds: dict[str, Cloud]) -> Iterator[tuple[str, str]]:
    """Yield what two environments share: names, ARNs, accounts' networks. Rule environments-share-nothing."""
    for (first, one), (second, two) in combinations(sorted(clouds.items()), 2):
        for name in sorted({name for name, _ in _names(one)} & {name for name, _ in _names(two)}):
            yield f"{first}+{second}", name
        networks = {vpc["cidr_block"] for vpc in one.all("aws_vpc")} & {vpc["cidr_block"] for vpc in two.all("aws_vpc")}
        for network in sorted(networks):
            yield f"{first}+{second}", f"network {network}"


def _names(cloud: Cloud) -> Iterator[tuple[str, str]]:
    for item in cloud.resources:
        if item.type in WITHIN_OWNER:
            continue
        for attribute in ("name", *NAMED):
            if isinstance(item[attribute], str) and item[attribute]:
                # Subordinate configurations name what they belong to, which is another resource.
                yield item[attribute], item.address
                break
