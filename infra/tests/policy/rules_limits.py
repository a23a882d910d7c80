"""Limits have an effect: an absurd value protects nothing."""

import json
from collections.abc import Iterator
from typing import Any

from policy.cloud import Cloud, Resource, known
from policy.findings import rule

# Alarms of these metrics ring when a value is too small; of every other one when it is too large.
TOO_SMALL = frozenset({"FreeStorageSpace", "RunningTaskCount"})
# The highest threshold at which an alarm of this metric still means something.
HIGHEST = {
    "ApproximateNumberOfMessagesVisible": 10,
    "ApproximateAgeOfOldestMessage": 3600,
    "CPUUtilization": 95,
    "Throttles": 10,
    "TargetResponseTime": 5,
}
LIVE = "/health/live"
# The live stream sends something every 15 s; shorter waits than this cut it.
STREAM_SECONDS = 60
# The ai service gives a model 60 s; the function must live longer than that.
MODEL_SECONDS = 60
MOST_USD = 10_000
LEAST_CONNECTIONS = 8


def _first(value: object) -> dict[str, Any]:
    return value[0] if isinstance(value, list) and value else {}


def _outside(value: Any, least: float, most: float) -> bool:
    """Return whether a known value lies outside of its range; a missing one does."""
    return known(value) and not (value is not None and least <= float(value) <= most)


@rule("queue-limits")
def queue_limits(cloud: Cloud) -> Iterator[str]:
    """Queues keep and hide messages for as long as the topology says."""
    queues = {str(queue["name"]): queue for queue in cloud.all("aws_sqs_queue")}
    for name, expected in cloud.topology["queues"].items():
        inbox = queues.get(f"{cloud.prefix}-{name}")
        dead = queues.get(f"{cloud.prefix}-{expected['dead_letter_queue']}")
        for queue, attribute, key in (
            (inbox, "visibility_timeout_seconds", "visibility_timeout_seconds"),
            (inbox, "message_retention_seconds", "message_retention_seconds"),
            (dead, "message_retention_seconds", "dead_letter_retention_seconds"),
        ):
            if queue and known(queue[attribute]) and queue[attribute] != expected[key]:
                yield f"{queue['name']}: {attribute} is {queue[attribute]}, not {expected[key]}"


@rule("capacity")
def capacity(cloud: Cloud) -> Iterator[str]:
    """Every service has at least one task, and no scaling takes the last one away."""
    for service in cloud.all("aws_ecs_service"):
        if _outside(service["desired_count"], 1, 100):
            yield f"{service['name']} has {service['desired_count']} tasks"
    for target in cloud.all("aws_appautoscaling_target"):
        if _outside(target["min_capacity"], 1, 100):
            yield f"{target['resource_id']} may shrink to {target['min_capacity']}"


@rule("connections-suffice")
def connections_suffice(cloud: Cloud) -> Iterator[str]:
    """Every task has connections enough to the database to do several things at a time."""
    for task in cloud.all("aws_ecs_task_definition"):
        text = task["container_definitions"]
        for item in json.loads(text)[0].get("environment", []) if isinstance(text, str) else []:
            if item["name"] == "SMARTSTACK_DATABASE_POOL_SIZE" and _outside(item["value"], LEAST_CONNECTIONS, 100):
                yield f"{task['family']} has {item['value']} connections"


@rule("function-outlives-the-model")
def function_outlives_the_model(cloud: Cloud) -> Iterator[str]:
    """The proxy's function runs longer than the ai service waits for a model."""
    for function in cloud.all("aws_lambda_function"):
        if _outside(function["timeout"], MODEL_SECONDS + 1, 900):
            yield f"{function['function_name']} ends after {function['timeout']} s"


@rule("streams-stay-open")
def streams_stay_open(cloud: Cloud) -> Iterator[str]:
    """Load balancer and edge keep the live stream open, and ask whether a task lives, not whether it is ready."""
    for balancer in cloud.all("aws_lb"):
        if _outside(balancer["idle_timeout"], STREAM_SECONDS, 4000):
            yield f"{balancer['name']} cuts a stream after {balancer['idle_timeout']} s"
    for distribution in cloud.all("aws_cloudfront_distribution"):
        for origin in distribution["origin"] or []:
            inner = _first(origin.get("vpc_origin_config"))
            if inner and _outside(inner.get("origin_read_timeout"), 30, 120):
                yield f"{distribution.address} times out after {inner.get('origin_read_timeout')} s"
    for group in cloud.all("aws_lb_target_group"):
        check = _first(group["health_check"])
        if check.get("path") != LIVE or check.get("matcher") != "200":
            yield f"{group['name']} asks {check.get('path')} for {check.get('matcher')}"
        if _outside(check.get("timeout"), 4, 30) or _outside(check.get("unhealthy_threshold"), 3, 10):
            yield f"{group['name']} takes a task that is busy for a dead one"


@rule("firewall-blocks")
def firewall_blocks(cloud: Cloud) -> Iterator[str]:
    """The web ACL blocks rather than counts, and its rate limit is one."""
    for acl in cloud.all("aws_wafv2_web_acl"):
        for one in acl["rule"] or []:
            action, override = _first(one.get("action")), _first(one.get("override_action"))
            if action.get("count") or override.get("count"):
                yield f"{acl['name']}: rule {one['name']} only counts"
            rate = _first(_first(one.get("statement")).get("rate_based_statement"))
            if rate and _outside(rate.get("limit"), 100, 20_000):
                yield f"{acl['name']}: {rate.get('limit')} requests are not a limit"


@rule("budget-limits")
def budget_limits(cloud: Cloud) -> Iterator[str]:
    """A budget is of the order of what the environment costs."""
    for budget in cloud.all("aws_budgets_budget"):
        if _outside(budget["limit_amount"], 1, MOST_USD):
            yield f"{budget['name']} allows {budget['limit_amount']} USD"


@rule("alarms-ring")
def alarms_ring(cloud: Cloud) -> Iterator[str]:
    """Every alarm can ring: its actions are on, it compares the right way round, its threshold can be reached."""
    for alarm in cloud.all("aws_cloudwatch_metric_alarm"):
        name = alarm["alarm_name"]
        if alarm["actions_enabled"] is False:
            yield f"{name} does nothing"
        if _outside(alarm["evaluation_periods"], 1, 60):
            yield f"{name} waits for {alarm['evaluation_periods']} periods"
        yield from _comparison(alarm)


def _comparison(alarm: Resource) -> Iterator[str]:
    metric, operator = str(alarm["metric_name"]), str(alarm["comparison_operator"])
    wanted = "LessThan" if metric in TOO_SMALL else "GreaterThan"
    if metric != "None" and not operator.startswith(wanted):
        yield f"{alarm['alarm_name']} rings when {metric} is {operator}"
    if metric in HIGHEST and _outside(alarm["threshold"], 0, HIGHEST[metric]):
        yield f"{alarm['alarm_name']} rings above {alarm['threshold']} only"


@rule("alarms-heard")
def alarms_heard(cloud: Cloud) -> Iterator[str]:
    """The topic of the alarms has a subscriber."""
    topics = {topic["arn"] for topic in cloud.all("aws_sns_topic") if topic["name"] == f"{cloud.prefix}-ops"}
    heard = [
        one
        for one in cloud.all("aws_sns_topic_subscription")
        if one["protocol"] in ("email", "https") and (not known(one["topic_arn"]) or one["topic_arn"] in topics)
    ]
    if not heard:
        yield "no alarm has a subscriber"
