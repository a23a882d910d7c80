"""The rules themselves: an environment that breaks none, and each rule seeing what it is there for."""

import json
from pathlib import Path
from typing import Any

import pytest
from example_cloud import (
    ACCOUNT,
    KEY,
    PREFIX,
    SECRET,
    Resources,
    allow,
    arn,
    as_cloud,
    example,
    policy,
    task,
    tls_only,
)
from policy.check import SHARED, check
from policy.cloud import Cloud
from policy.faults import FAULTS
from policy.findings import RULES
from policy.rules_data import KEY_ACTIONS
from policy.rules_reach import EDGE_PATHS
from policy.workspace import copy

SUBSCRIPTION = 'aws_sns_topic_subscription.this["tasks-events-tasks-inbox"]'

CONNECT = allow("rds-db:connect", f"arn:aws:rds-db:eu-west-1:{ACCOUNT}:dbuser:db-1/tasks_app")
USE_KEY = allow(["kms:Decrypt", "kms:GenerateDataKey"], KEY)
EVENTS = (
    allow("sns:Publish", arn("sns", "tasks-events")),
    allow(["sqs:ReceiveMessage", "sqs:DeleteMessage"], arn("sqs", "tasks-inbox")),
    allow("sqs:SendMessage", arn("sqs", "tasks-dlq")),
)
TASK, START = "aws_ecs_task_definition.tasks", "aws_iam_role_policy.tasks-start"
AGE, DEAD = "aws_cloudwatch_metric_alarm.age", "aws_cloudwatch_metric_alarm.dead"
ROOT_OF_ACCOUNT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
FOR_SNS = allow(["kms:Decrypt", "kms:GenerateDataKey"], "*", Principal={"Service": "sns.amazonaws.com"})
API = {"viewer_protocol_policy": "https-only", "allowed_methods": ["GET", "HEAD"]}

# Each rule with what breaks it: the resource and what is different about it.
BREAKS: list[tuple[str, str, dict[str, Any]]] = [
    ("queue-encrypted", "aws_sqs_queue.inbox", {"kms_master_key_id": None}),
    ("queue-dead-letters", "aws_sqs_queue.inbox", {"redrive_policy": json.dumps({
        "deadLetterTargetArn": arn("sqs", "tasks-dlq"), "maxReceiveCount": 1000})}),
    ("dead-letters-closed", "aws_sqs_queue_redrive_allow_policy.dead", {"redrive_allow_policy": json.dumps(
        {"redrivePermission": "allowAll"})}),
    ("queue-policy", "aws_sqs_queue_policy.dead", {"policy": policy(allow(
        "sqs:SendMessage", arn("sqs", "tasks-dlq"), Principal=ROOT_OF_ACCOUNT))}),
    ("queue-age-alarm", "aws_cloudwatch_metric_alarm.age", {"dimensions": {"QueueName": "another"}}),
    ("dead-letter-alarm", "aws_cloudwatch_metric_alarm.dead", {"metric_name": "NumberOfMessagesSent"}),
    ("topic-encrypted", "aws_sns_topic.events", {"kms_master_key_id": ""}),
    ("contract-subscriptions", SUBSCRIPTION, {"filter_policy": None}),
    ("contract-subscriptions", SUBSCRIPTION, {"raw_message_delivery": False}),
    ("no-wildcard-action", "aws_iam_role_policy.ai", {"policy": policy(allow("s3:*", "arn:aws:s3:::a"))}),
    ("no-wildcard-resource", "aws_iam_role_policy.ai", {"policy": policy(allow("s3:GetObject", "*"))}),
    ("own-topics-and-queues", "aws_iam_role_policy.tasks", {"policy": policy(
        allow("sns:Publish", [arn("sns", "tasks-events"), arn("sns", "comms-events")]),
        allow("sqs:ReceiveMessage", arn("sqs", "tasks-inbox")),
        allow("sqs:SendMessage", arn("sqs", "tasks-dlq")), CONNECT, USE_KEY)}),
    ("proxy-invoked-by-ai-alone", "aws_lambda_permission.proxy", {
        "principal": f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-gateway"}),
    ("proxy-invoked-by-ai-alone", "aws_lambda_function_url.proxy", {"authorization_type": "NONE"}),
    ("proxy-invoked-by-ai-alone", "aws_iam_role_policy.tasks-migrate", {"policy": policy(
        allow("lambda:InvokeFunctionUrl", "arn:aws:lambda:eu-west-1:1:function:a"))}),
    ("models-called-by-proxy-alone", "aws_iam_role_policy.ai", {"policy": policy(
        allow("bedrock:InvokeModel", "arn:aws:bedrock:eu-west-1::foundation-model/one"))}),
    ("models-called-by-proxy-alone", "aws_iam_role_policy.bedrock-proxy", {"policy": policy(
        allow("bedrock:InvokeModel", "arn:aws:bedrock:eu-west-1::foundation-model/*"))}),
    ("roles-bounded", "aws_iam_role.tasks", {"permissions_boundary": None}),
    ("roles-bounded", "aws_iam_role.tasks", {"assume_role_policy": policy(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}})}),
    ("boundary-covers-rights", "aws_iam_role_policy.ai", {"policy": policy(
        allow("ec2:RunInstances", "arn:aws:ec2:eu-west-1:1:instance/a"))}),
    ("database-roles-apart", "aws_iam_role_policy.ai", {"policy": policy(
        allow("rds-db:connect", f"arn:aws:rds-db:eu-west-1:{ACCOUNT}:dbuser:db-1/ai_migrator"))}),
    ("database-encrypted", "aws_db_instance.main", {"storage_encrypted": False}),
    ("database-encrypted", "aws_db_parameter_group.main", {"parameter": [{"name": "rds.force_ssl", "value": "0"}]}),
    ("buckets-closed", "aws_s3_bucket_public_access_block.audit", {"block_public_policy": False}),
    ("buckets-closed", "aws_s3_bucket_policy.audit", {"policy": None}),
    ("logs-encrypted", "aws_cloudwatch_log_group.tasks", {"retention_in_days": 0}),
    ("tables-and-secrets-encrypted", "aws_secretsmanager_secret.keys", {"kms_key_id": None}),
    ("keys-rotate", "aws_kms_key.data", {"enable_key_rotation": False}),
    ("keys-administered", "aws_kms_key.data", {"policy": policy(FOR_SNS, allow(
        sorted(KEY_ACTIONS - {"kms:CreateAlias"}), "*", Principal=ROOT_OF_ACCOUNT))}),
    ("no-public-ingress", "aws_lb.main", {"internal": False}),
    ("no-public-ingress", "aws_vpc_security_group_ingress_rule.alb-gateway", {"cidr_ipv4": "0.0.0.0/0"}),
    ("no-public-ingress", "aws_db_instance.main", {"publicly_accessible": True}),
    ("web-behind-firewall", "aws_cloudfront_distribution.main", {"web_acl_id": None}),
    ("web-behind-firewall", "aws_wafv2_web_acl.main", {"rule": [{"name": "rate"}]}),
    ("alarm-runbook", "aws_cloudwatch_metric_alarm.age", {
        "alarm_description": "It is so. Runbook: architecture/runbooks/nothing.md"}),
    ("alarm-runbook", "aws_cloudwatch_metric_alarm.age", {"alarm_actions": []}),
    ("budget-forecast", "aws_budgets_budget.all", {"notification": [{"notification_type": "ACTUAL"}]}),
    ("production-protected", "aws_db_instance.main", {"multi_az": False}),
    ("production-protected", "aws_s3_bucket.audit", {"force_destroy": True}),
    ("deploys-roll-back", "aws_ecs_service.tasks", {"deployment_circuit_breaker": []}),
    ("keys-administered", "aws_kms_key.data", {"policy": policy(FOR_SNS)}),
    ("queue-limits", "aws_sqs_queue.inbox", {"visibility_timeout_seconds": 300}),
    ("queue-limits", "aws_sqs_queue.inbox", {"message_retention_seconds": 60}),
    ("queue-limits", "aws_sqs_queue.dead", {"message_retention_seconds": 60}),
    ("capacity", "aws_ecs_service.tasks", {"desired_count": 0}),
    ("capacity", "aws_appautoscaling_target.tasks", {"min_capacity": 0}),
    ("connections-suffice", TASK, {"container_definitions": task(SMARTSTACK_DATABASE_POOL_SIZE="4")}),
    ("function-outlives-the-model", "aws_lambda_function.proxy", {"timeout": 10}),
    ("streams-stay-open", "aws_lb.main", {"idle_timeout": 10}),
    ("streams-stay-open", "aws_cloudfront_distribution.main", {
        "origin": [{"vpc_origin_config": [{"origin_read_timeout": 5}]}]}),
    ("streams-stay-open", "aws_lb_target_group.gateway", {"health_check": [
        {"path": "/health/ready", "matcher": "200", "timeout": 5, "unhealthy_threshold": 3}]}),
    ("streams-stay-open", "aws_lb_target_group.gateway", {"health_check": [
        {"path": "/health/live", "matcher": "200", "timeout": 3, "unhealthy_threshold": 3}]}),
    ("firewall-blocks", "aws_wafv2_web_acl.main", {"rule": [
        *({"name": name} for name in ("rate", "AWSManagedRulesKnownBadInputsRuleSet")),
        {"name": "AWSManagedRulesAmazonIpReputationList", "override_action": [{"count": [{}]}]}]}),
    ("firewall-blocks", "aws_wafv2_web_acl.main", {"rule": [
        *({"name": name} for name in (
            "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesAmazonIpReputationList")),
        {"name": "rate", "statement": [{"rate_based_statement": [{"limit": 10_000_000}]}]}]}),
    ("budget-limits", "aws_budgets_budget.all", {"limit_amount": "10000000"}),
    ("alarms-ring", DEAD, {"threshold": 1_000_000}),
    ("alarms-ring", AGE, {"threshold": 1_000_000}),
    ("alarms-ring", AGE, {"actions_enabled": False}),
    ("alarms-ring", AGE, {"comparison_operator": "LessThanThreshold"}),
    ("alarms-ring", AGE, {"evaluation_periods": 1000}),
    ("alarms-heard", "aws_sns_topic_subscription.mail", {"topic_arn": arn("sns", "another")}),
    ("settings-given", TASK, {"container_definitions": task(SMARTSTACK_JWKS_URL="")}),
    ("settings-given", TASK, {"container_definitions": task(SMARTSTACK_DATABASE_IAM="false")}),
    ("settings-given", TASK, {"container_definitions": task(SMARTSTACK_COOKIE_SECURE="false")}),
    ("settings-given", TASK, {"container_definitions": task(
        SMARTSTACK_DATABASE_URL="postgresql+asyncpg://tasks_migrator@db/smartstack")}),
    ("secrets-readable", START, {"policy": policy(USE_KEY)}),
    ("secrets-readable", START, {"policy": policy(allow("secretsmanager:GetSecretValue", SECRET))}),
    ("secrets-readable", START, {"policy": policy(USE_KEY, allow(
        "secretsmanager:GetSecretValue", [SECRET, f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:*"]))}),
    ("messaging-key-usable", "aws_iam_role_policy.tasks", {"policy": policy(*EVENTS, CONNECT)}),
    ("messaging-key-usable", "aws_kms_key.data", {"policy": policy(
        allow(sorted(KEY_ACTIONS), "*", Principal=ROOT_OF_ACCOUNT))}),
    ("database-sign-in", "aws_iam_role_policy.tasks", {"policy": policy(*EVENTS, USE_KEY)}),
    ("flows-open", "aws_vpc_security_group_ingress_rule.tasks-database", {"cidr_ipv4": "10.0.0.0/8"}),
    ("flows-open", "aws_vpc_security_group_egress_rule.tasks-database", {"from_port": 5433}),
    ("flows-open", "aws_vpc_security_group_ingress_rule.alb-gateway", {"from_port": 80}),
    ("flows-open", "aws_vpc_security_group_egress_rule.aws", {"cidr_ipv4": "10.0.0.0/8"}),
    ("edge-routes", "aws_cloudfront_distribution.main", {"ordered_cache_behavior": [
        {"path_pattern": path, **API} for path in EDGE_PATHS]}),
    ("edge-routes", "aws_lb_listener_rule.api", {"condition": [{"path_pattern": [{"values": ["/api/v1/*"]}]}]}),
    ("no-foreign-principal", "aws_s3_bucket_policy.audit", {"policy": policy(
        tls_only("*"), allow("s3:GetObject", "*", Principal="*", Condition={"Bool": {"a": "b"}}))}),
    ("no-foreign-principal", "aws_iam_role.tasks", {"assume_role_policy": policy({
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}})}),
    ("names-carry-environment", "aws_cloudwatch_log_group.tasks", {"name": "/smartstack/tasks"}),
]  # fmt: skip


def broken(resources: Resources) -> set[str]:
    return {finding.rule for finding in check({"prod": as_cloud(resources)})}


def test_the_example_breaks_no_rule() -> None:
    assert check({"prod": as_cloud(example())}) == []


@pytest.mark.parametrize(("rule", "address", "change"), BREAKS, ids=[f"{rule}:{where}" for rule, where, _ in BREAKS])
def test_a_rule_sees_what_it_is_there_for_and_no_other_rule_does(
    rule: str, address: str, change: dict[str, Any]
) -> None:
    resources = example()
    resources[address] |= change
    assert broken(resources) == {rule}


def test_a_topic_of_the_contracts_that_is_missing_is_seen() -> None:
    resources = example()
    del resources["aws_sns_topic.events"]
    assert broken(resources) == {"contract-topics"}


def test_a_subscription_in_no_contract_is_seen() -> None:
    resources = example()
    resources[SUBSCRIPTION.replace("tasks-inbox", "ai-inbox")] = resources[SUBSCRIPTION]
    assert broken(resources) == {"contract-subscriptions"}


def test_two_environments_that_share_a_name_or_a_network_are_seen() -> None:
    found = check({"prod": as_cloud(example()), "other": as_cloud(example())})
    assert {finding.rule for finding in found} == {SHARED}
    assert "network 10.30.0.0/16" in {finding.what for finding in found}


def test_every_rule_has_been_seen_to_fail() -> None:
    seen = {rule for rule, _, _ in BREAKS} | {"contract-topics"}
    assert seen == RULES.keys()


def test_what_a_plan_does_not_know_yet_counts_as_there_and_what_it_denies_as_missing(tmp_path: Path) -> None:
    def planned(known: dict[str, Any], later: dict[str, Any]) -> Cloud:
        address = "aws_sqs_queue.inbox"
        document = {
            "planned_values": {
                "root_module": {
                    "child_modules": [
                        {
                            "resources": [
                                {"mode": "managed", "address": address, "type": "aws_sqs_queue", "values": known}
                            ]
                        }
                    ]
                }
            },
            "resource_changes": [{"address": address, "change": {"after_unknown": later}}],
        }
        file = tmp_path / "prod.state.json"
        file.write_text(json.dumps(document))
        return Cloud.read(file, Path(__file__).parents[2])

    rule = RULES["queue-encrypted"]
    assert list(rule.check(planned({"name": "a"}, {"kms_master_key_id": True}))) == []
    assert list(rule.check(planned({"name": "a", "kms_master_key_id": None}, {}))) == ["a has no key"]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_fault_can_still_be_seeded_and_its_rule_exists(tmp_path: Path, fault: Any) -> None:
    infra = copy(tmp_path, fault.environments)
    fault.seed(infra)
    assert fault.rule in RULES or fault.rule == SHARED
    assert [file.stem for file in sorted(infra.glob("environments/*.tfvars"))] == sorted(fault.environments)
