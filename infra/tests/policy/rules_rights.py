"""Rights of roles."""

import json
import re
from collections.abc import Iterator

from policy.cloud import Cloud, Statement, known
from policy.findings import rule

# Actions that AWS cannot bind to a resource.
WITHOUT_RESOURCE = frozenset({
    "ecr:GetAuthorizationToken",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "xray:GetSamplingRules",
    "xray:GetSamplingStatisticSummaries",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
})  # fmt: skip
# Policies in which "*" means the thing that the policy is attached to.
OWN_RESOURCE = frozenset({"aws_kms_key", "aws_vpc_endpoint"})
INVOKE = ("lambda:InvokeFunction", "lambda:InvokeFunctionUrl")
MODEL = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", "bedrock:Converse", "bedrock:ConverseStream")


def _services(cloud: Cloud) -> list[str]:
    return sorted({topic["service"] for topic in cloud.topology["topics"].values()})


@rule("no-wildcard-action")
def no_wildcard_action(cloud: Cloud) -> Iterator[str]:
    """Every right is named: no policy allows an action with a wildcard, or everything but some."""
    for item, statement in cloud.documents():
        if statement.allows:
            named = statement.actions
            for action in [action for action in named if "*" in action] or ([] if named else ["everything but some"]):
                yield f"{item.address} allows {action}"


@rule("no-wildcard-resource")
def no_wildcard_resource(cloud: Cloud) -> Iterator[str]:
    """Rights are on named things: "*" only where AWS knows no narrower, or a condition narrows it."""
    for item, statement in cloud.documents():
        if not statement.allows or item.type in OWN_RESOURCE or "*" not in statement.resources:
            continue
        wide = sorted(set(statement.actions) - WITHOUT_RESOURCE)
        if wide and not statement.conditions:
            yield f"{item.address} allows {', '.join(wide)} on everything"


@rule("own-topics-and-queues")
def own_topics_and_queues(cloud: Cloud) -> Iterator[str]:
    """A service publishes to its own topics, consumes its own queue, and puts aside into its own dead-letter queue."""
    for service in _services(cloud):
        topics = {name for name, topic in cloud.topology["topics"].items() if topic["service"] == service}
        queues = {name for name, queue in cloud.topology["queues"].items() if queue["service"] == service}
        dead = {cloud.topology["queues"][name]["dead_letter_queue"] for name in queues}
        rights = [right for role, right in cloud.rights() if role == f"{cloud.prefix}-{service}"]
        for actions, own in (
            (("sns:Publish",), topics),
            (("sqs:ReceiveMessage", "sqs:DeleteMessage"), queues),
            (("sqs:SendMessage",), dead),
        ):
            given = {name for right in rights if right.gives(*actions) for name in _short(cloud, right)}
            if given != own:
                yield f"{service}: {actions[0]} on {sorted(given)}, not on {sorted(own)}"


def _short(cloud: Cloud, right: Statement) -> list[str]:
    return [arn.rpartition(":")[2].removeprefix(f"{cloud.prefix}-") for arn in right.resources]


@rule("proxy-invoked-by-ai-alone")
def proxy_invoked_by_ai_alone(cloud: Cloud) -> Iterator[str]:
    """Only the ai service's role may call the proxy, and only signed."""
    ai = f"{cloud.prefix}-ai"
    for url in cloud.all("aws_lambda_function_url"):
        if url["authorization_type"] != "AWS_IAM":
            yield f"{url.address} can be called by anybody"
    for permission in cloud.all("aws_lambda_permission"):
        principal = permission["principal"]
        if known(principal) and not str(principal).endswith(f":role/{ai}"):
            yield f"{permission.address} lets in {principal}"
    for role, right in cloud.rights():
        if right.gives(*INVOKE) and role != ai:
            yield f"role {role} may call the proxy"


@rule("models-called-by-proxy-alone")
def models_called_by_proxy_alone(cloud: Cloud) -> Iterator[str]:
    """Only the proxy's role may call a model, and only named ones."""
    for role, right in cloud.rights():
        if right.gives(*MODEL):
            if role != f"{cloud.prefix}-bedrock-proxy":
                yield f"role {role} may call a model"
            for arn in right.resources:
                if "*" in arn:
                    yield f"role {role} may call {arn}"


@rule("roles-bounded")
def roles_bounded(cloud: Cloud) -> Iterator[str]:
    """Every role has the boundary, and is taken by named principals alone."""
    for role in cloud.all("aws_iam_role"):
        if not str(role["permissions_boundary"] or "").endswith(f":policy/github-{cloud.prefix}-boundary"):
            yield f"{role['name']} has no boundary"
        trust = json.loads(role["assume_role_policy"]) if isinstance(role["assume_role_policy"], str) else {}
        for statement in trust.get("Statement", []):
            if statement.get("Principal") in ("*", {"AWS": "*"}) or "*" in statement.get("Principal", {}).get(
                "AWS", []
            ):
                yield f"{role['name']} can be taken by anybody"


@rule("boundary-covers-rights")
def boundary_covers_rights(cloud: Cloud) -> Iterator[str]:
    """The boundary lets through what roles need: else they would find out at work."""
    text = (cloud.root / "infra/modules/github_oidc/boundary.tf").read_text()
    boundary = set(re.findall(r'"([a-z0-9-]+:[A-Za-z]+)"', text))
    for role, right in cloud.rights():
        for action in sorted(set(right.actions) - boundary) if right.allows else []:
            if "*" not in action:
                yield f"role {role} needs {action}"


@rule("database-roles-apart")
def database_roles_apart(cloud: Cloud) -> Iterator[str]:
    """A service signs in to the database as its own role; only migrations do as the one that owns the schema."""
    for role, right in cloud.rights():
        if right.gives("rds-db:connect"):
            users = {arn.rpartition("/")[2] for arn in right.resources}
            name = role.removeprefix(f"{cloud.prefix}-")
            service = name.removesuffix("-migrate").removesuffix("-replay")
            own = {f"{service}_migrator" if name.endswith("-migrate") else f"{service}_app"}
            # Which events were published and handled, in all schemas: ids alone.
            audits = service == "gateway" or name.endswith("-replay")
            if users != own and not (audits and users == {"auditor"}):
                yield f"role {role} may sign in as {', '.join(sorted(users))}"
