"""The smallest environment that breaks no rule, so that a test can break one."""

import copy
import json
from pathlib import Path
from typing import Any

from policy.cloud import Cloud, Resource
from policy.rules_data import KEY_ACTIONS
from policy.rules_reach import EDGE_PATHS, EVERY_SERVICE, METHODS

PREFIX = "smartstack-prod"
ACCOUNT = "333333333333"
ROOT = Path(__file__).parents[2]
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:{PREFIX}/a-key"
ROLES = ("tasks", "tasks-migrate", "tasks-start", "ai", "bedrock-proxy")

FILTER = {"type": ["smartstack.tasks.task_created.v1"]}
TOPOLOGY: dict[str, Any] = {
    "topics": {"tasks-events": {"service": "tasks", "events": ["smartstack.tasks.task_created.v1"]}},
    "queues": {
        "tasks-inbox": {
            "service": "tasks",
            "dead_letter_queue": "tasks-dlq",
            "dead_letter_retention_seconds": 1209600,
            "message_retention_seconds": 345600,
            "visibility_timeout_seconds": 10,
        }
    },
    "subscriptions": [{"topic": "tasks-events", "queue": "tasks-inbox", "raw": True, "filter": FILTER}],
}

Resources = dict[str, dict[str, Any]]


def policy(*statements: dict[str, Any]) -> str:
    """Return a policy as OpenTofu renders it."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: list[str] | str, resources: list[str] | str, **more: Any) -> dict[str, Any]:
    """Return a statement that gives a right."""
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def tls_only(resource: str) -> dict[str, Any]:
    """Return the statement that refuses what comes without TLS."""
    return {
        "Effect": "Deny",
        "Action": "*",
        "Resource": resource,
        "Principal": {"AWS": ["*"]},
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def arn(service: str, name: str) -> str:
    """Return the ARN of something of this environment."""
    return f"arn:aws:{service}:eu-west-1:{ACCOUNT}:{PREFIX}-{name}"


def example() -> Resources:
    """Return the resources by address; a copy that may be changed."""
    return copy.deepcopy(_events() | _roles() | _data() | _edge() | _reach() | _operations())


def as_cloud(resources: Resources) -> Cloud:
    """Return the environment of these resources."""
    made = tuple(Resource(address, address.split(".")[0], values) for address, values in resources.items())
    return Cloud(made, TOPOLOGY, ROOT)


def _events() -> Resources:
    from_topic = {
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Resource": arn("sqs", "tasks-inbox"),
        "Principal": {"Service": ["sns.amazonaws.com"]},
        "Condition": {"ArnEquals": {"aws:SourceArn": arn("sns", "tasks-events")}},
    }
    redrive = {"deadLetterTargetArn": arn("sqs", "tasks-dlq"), "maxReceiveCount": 5}
    only = {"redrivePermission": "byQueue", "sourceQueueArns": [arn("sqs", "tasks-inbox")]}
    return {
        "aws_sns_topic.events": {"name": f"{PREFIX}-tasks-events", "kms_master_key_id": KEY},
        "aws_sns_topic_policy.events": {"policy": policy(tls_only(arn("sns", "tasks-events")))},
        "aws_sqs_queue.inbox": {
            "name": f"{PREFIX}-tasks-inbox",
            "kms_master_key_id": KEY,
            "visibility_timeout_seconds": 10,
            "message_retention_seconds": 345600,
            "redrive_policy": json.dumps(redrive),
        },
        "aws_sqs_queue.dead": {
            "name": f"{PREFIX}-tasks-dlq",
            "kms_master_key_id": KEY,
            "message_retention_seconds": 1209600,
        },
        "aws_sqs_queue_redrive_allow_policy.dead": {
            "queue_url": f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/{PREFIX}-tasks-dlq",
            "redrive_allow_policy": json.dumps(only),
        },
        "aws_sqs_queue_policy.inbox": {"policy": policy(from_topic, tls_only(arn("sqs", "tasks-inbox")))},
        "aws_sqs_queue_policy.dead": {"policy": policy(tls_only(arn("sqs", "tasks-dlq")))},
        'aws_sns_topic_subscription.this["tasks-events-tasks-inbox"]': {
            "protocol": "sqs",
            "raw_message_delivery": True,
            "filter_policy": json.dumps(TOPOLOGY["subscriptions"][0]["filter"]),
            "filter_policy_scope": "MessageAttributes",
        },
    }


def _roles() -> Resources:
    database = f"arn:aws:rds-db:eu-west-1:{ACCOUNT}:dbuser:db-1"
    function = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:{PREFIX}-bedrock-proxy"
    rights = {
        "tasks": policy(
            allow("sns:Publish", arn("sns", "tasks-events")),
            allow(["sqs:ReceiveMessage", "sqs:DeleteMessage"], arn("sqs", "tasks-inbox")),
            allow("sqs:SendMessage", arn("sqs", "tasks-dlq")),
            allow("rds-db:connect", f"{database}/tasks_app"),
            allow(["kms:Decrypt", "kms:GenerateDataKey"], KEY),
        ),
        "tasks-start": policy(allow("secretsmanager:GetSecretValue", SECRET), allow("kms:Decrypt", KEY)),
        "tasks-migrate": policy(allow("rds-db:connect", f"{database}/tasks_migrator")),
        "ai": policy(allow(["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"], function)),
        "bedrock-proxy": policy(
            allow("bedrock:InvokeModel", "arn:aws:bedrock:eu-west-1::foundation-model/one"),
            allow("xray:PutTraceSegments", "*"),
        ),
    }
    trust = policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}})
    roles = {
        f"aws_iam_role.{name}": {
            "name": f"{PREFIX}-{name}",
            "permissions_boundary": f"arn:aws:iam::{ACCOUNT}:policy/github-{PREFIX}-boundary",
            "assume_role_policy": trust,
        }
        for name in ROLES
    }
    policies = {
        f"aws_iam_role_policy.{name}": {"role": f"{PREFIX}-{name}", "policy": text} for name, text in rights.items()
    }
    return {
        **roles,
        **policies,
        "aws_lambda_function_url.proxy": {"authorization_type": "AWS_IAM"},
        "aws_lambda_permission.proxy": {"principal": f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-ai"},
    }


def _data() -> Resources:
    bucket = f"{PREFIX}-{ACCOUNT}-audit"
    block = dict.fromkeys(("block_public_acls", "block_public_policy", "ignore_public_acls"), True)
    encryption = [{"sse_algorithm": "aws:kms", "kms_master_key_id": KEY}]
    return {
        "aws_db_instance.main": {
            "identifier": PREFIX,
            "storage_encrypted": True,
            "kms_key_id": KEY,
            "iam_database_authentication_enabled": True,
            "manage_master_user_password": True,
            "publicly_accessible": False,
            "deletion_protection": True,
            "skip_final_snapshot": False,
            "multi_az": True,
            "backup_retention_period": 30,
        },
        "aws_db_parameter_group.main": {"name": PREFIX, "parameter": [{"name": "rds.force_ssl", "value": "1"}]},
        "aws_s3_bucket.audit": {"bucket": bucket, "force_destroy": False},
        "aws_s3_bucket_server_side_encryption_configuration.audit": {
            "bucket": bucket,
            "rule": [{"apply_server_side_encryption_by_default": encryption}],
        },
        "aws_s3_bucket_public_access_block.audit": {"bucket": bucket, **block, "restrict_public_buckets": True},
        "aws_s3_bucket_versioning.audit": {"bucket": bucket, "versioning_configuration": [{"status": "Enabled"}]},
        "aws_s3_bucket_policy.audit": {"bucket": bucket, "policy": policy(tls_only(f"arn:aws:s3:::{bucket}"))},
        "aws_s3_bucket_object_lock_configuration.audit": {
            "rule": [{"default_retention": [{"mode": "COMPLIANCE", "days": 365}]}]
        },
        "aws_cloudwatch_log_group.tasks": {"name": f"/{PREFIX}/tasks", "kms_key_id": KEY, "retention_in_days": 30},
        "aws_dynamodb_table.budgets": {
            "name": f"{PREFIX}-ai-budgets",
            "server_side_encryption": [{"enabled": True}],
            "ttl": [{"enabled": True}],
            "deletion_protection_enabled": True,
        },
        "aws_secretsmanager_secret.keys": {"name": f"{PREFIX}/jwt-keys", "kms_key_id": KEY},
        "aws_kms_key.data": {
            "enable_key_rotation": True,
            "arn": KEY,
            "policy": policy(
                allow(sorted(KEY_ACTIONS), "*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
                allow(["kms:Decrypt", "kms:GenerateDataKey"], "*", Principal={"Service": "sns.amazonaws.com"}),
            ),
        },
    }


def _edge() -> Resources:
    rules = ("rate", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesAmazonIpReputationList")
    return {
        "aws_vpc.main": {"cidr_block": "10.30.0.0/16", "tags_all": {"Environment": "prod"}},
        "aws_nat_gateway.a": {},
        "aws_nat_gateway.b": {},
        "aws_lb.main": {"name": PREFIX, "internal": True, "enable_deletion_protection": True, "idle_timeout": 120},
        "aws_cloudfront_distribution.main": {
            "web_acl_id": "arn:aws:wafv2:us-east-1:1:global/webacl/a/1",
            "default_cache_behavior": [{"viewer_protocol_policy": "redirect-to-https"}],
            "ordered_cache_behavior": [
                {
                    "path_pattern": path,
                    "viewer_protocol_policy": "redirect-to-https",
                    "allowed_methods": sorted(METHODS),
                }
                for path in EDGE_PATHS
            ],
            "origin": [{"vpc_origin_config": [{"origin_read_timeout": 60}]}],
        },
        "aws_wafv2_web_acl.main": {"name": PREFIX, "rule": [{"name": name} for name in rules]},
    }


def task(**changes: str) -> str:
    """Return the container of the service, with these settings changed."""
    settings = dict.fromkeys(EVERY_SERVICE, "a") | {
        "SMARTSTACK_DATABASE_URL": "postgresql+asyncpg://tasks_app@db/smartstack",
        "SMARTSTACK_DATABASE_IAM": "true",
        "SMARTSTACK_DATABASE_POOL_SIZE": "9",
    }
    environment = [{"name": name, "value": value} for name, value in (settings | changes).items() if value]
    secrets = [{"name": "SMARTSTACK_A_KEY", "valueFrom": SECRET}]
    return json.dumps([{"name": "tasks", "environment": environment, "secrets": secrets}])


def _reach() -> Resources:
    def flow(source: str, target: str, port: int) -> Resources:
        out = {"security_group_id": source, "referenced_security_group_id": target, "from_port": port}
        into = {"security_group_id": target, "referenced_security_group_id": source, "from_port": port}
        return {
            f"aws_vpc_security_group_egress_rule.{source}-{target}": out,
            f"aws_vpc_security_group_ingress_rule.{source}-{target}": into,
        }

    names = ("alb", "gateway", "tasks", "database", "collector")
    return {
        **{f"aws_security_group.{name}": {"name": f"{PREFIX}-{name}", "id": name} for name in names},
        **flow("alb", "gateway", 8000),
        **flow("tasks", "gateway", 8000),
        **flow("gateway", "tasks", 8000),
        **flow("tasks", "database", 5432),
        **flow("tasks", "collector", 4318),
        "aws_vpc_security_group_egress_rule.aws": {
            "security_group_id": "tasks",
            "cidr_ipv4": "0.0.0.0/0",
            "from_port": 443,
        },
        "aws_lb_target_group.gateway": {
            "name": f"{PREFIX}-gw",
            "health_check": [{"path": "/health/live", "matcher": "200", "timeout": 5, "unhealthy_threshold": 3}],
        },
        "aws_lb_listener_rule.api": {"condition": [{"path_pattern": [{"values": list(EDGE_PATHS)}]}]},
        "aws_ecs_task_definition.tasks": {
            "family": f"{PREFIX}-tasks",
            "execution_role_arn": f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-tasks-start",
            "task_role_arn": f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-tasks",
            "container_definitions": task(),
        },
    }


def _operations() -> Resources:
    def alarm(metric: str, queue: str, runbook: str) -> dict[str, Any]:
        return {
            "alarm_name": f"{PREFIX}-{runbook}-{queue}",
            "alarm_description": f"It is so. Runbook: architecture/runbooks/{runbook}.md",
            "alarm_actions": [arn("sns", "ops")],
            "metric_name": metric,
            "dimensions": {"QueueName": f"{PREFIX}-{queue}"},
            "comparison_operator": "GreaterThanThreshold",
            "evaluation_periods": 1,
            "threshold": 0,
        }

    return {
        "aws_sns_topic.ops": {"name": f"{PREFIX}-ops", "arn": arn("sns", "ops"), "kms_master_key_id": KEY},
        "aws_sns_topic_policy.ops": {"policy": policy(tls_only(arn("sns", "ops")))},
        "aws_sns_topic_subscription.mail": {"protocol": "email", "topic_arn": arn("sns", "ops")},
        "aws_lambda_function.proxy": {"function_name": f"{PREFIX}-bedrock-proxy", "timeout": 90},
        "aws_appautoscaling_target.tasks": {"resource_id": f"service/{PREFIX}/{PREFIX}-tasks", "min_capacity": 1},
        "aws_cloudwatch_metric_alarm.age": alarm("ApproximateAgeOfOldestMessage", "tasks-inbox", "queue-age"),
        "aws_cloudwatch_metric_alarm.dead": alarm("ApproximateNumberOfMessagesVisible", "tasks-dlq", "dead-letters"),
        "aws_budgets_budget.all": {
            "name": f"{PREFIX}-all",
            "limit_amount": "500",
            "tags": {"Runbook": "architecture/runbooks/budget.md"},
            "notification": [{"notification_type": "FORECASTED"}],
        },
        "aws_ecs_service.tasks": {
            "name": f"{PREFIX}-tasks",
            "desired_count": 1,
            "deployment_circuit_breaker": [{"enable": True, "rollback": True}],
        },
    }
