"""Possible mistakes, each a small edit of the code, and the rule that has to catch it.

A rule that never failed may check nothing. So each fault is put into a copy of the code, that copy is planned (or
applied, where a command for it is given), and the policy must name the rule.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake: in `file` (below infra/), `old`, which stands there once, becomes `new`; then `rule` is broken."""

    name: str
    rule: str
    file: str
    old: str
    new: str
    environments: tuple[str, ...] = ("test",)

    def seed(self, infra: Path) -> None:
        """Put the mistake into the code at `infra`. Raises ValueError when the code no longer reads so."""
        file = infra / self.file
        text = file.read_text()
        if text.count(self.old) != 1:
            raise ValueError(f"{self.name}: {self.file} has {text.count(self.old)} times: {self.old}")
        file.write_text(text.replace(self.old, self.new))


FAULTS: Final = (
    Fault(
        "a queue without encryption",
        "queue-encrypted",
        "modules/messaging/main.tf",
        """  name                              = "${var.prefix}-${each.key}"
  kms_master_key_id                 = module.key.arn
  kms_data_key_reuse_period_seconds = 3600
  message_retention_seconds         = each.value.message_retention_seconds
""",
        """  name                              = "${var.prefix}-${each.key}"
  message_retention_seconds         = each.value.message_retention_seconds
""",
    ),
    Fault(
        "a queue that puts nothing aside",
        "queue-dead-letters",
        "modules/messaging/main.tf",
        """  redrive_policy = jsonencode({
    deadLetterTargetArn = local.dead_letter_arns[each.value.dead_letter_queue]
    maxReceiveCount     = each.value.max_receive_count
  })
""",
        "",
    ),
    Fault(
        "a right with a wildcard",
        "no-wildcard-action",
        "modules/messaging/policies.tf",
        'actions   = ["sns:Publish"]',
        'actions   = ["sns:*"]',
    ),
    Fault(
        "a public load balancer",
        "no-public-ingress",
        "modules/ingress/main.tf",
        "internal                   = true",
        "internal                   = false",
    ),
    Fault(
        "a database in clear text",
        "database-encrypted",
        "modules/database/main.tf",
        "storage_encrypted     = true",
        "storage_encrypted     = false",
    ),
    Fault(
        "a service that publishes in another's name",
        "own-topics-and-queues",
        "modules/messaging/policies.tf",
        "[for name, topic in local.topics : local.topic_arns[name] if topic.service == service]",
        "[for name, topic in local.topics : local.topic_arns[name]]",
    ),
    Fault(
        "a subscription to everything",
        "contract-subscriptions",
        "modules/messaging/main.tf",
        """  filter_policy        = jsonencode(each.value.filter)
  filter_policy_scope  = "MessageAttributes"
""",
        "",
    ),
    Fault(
        "a queue without an alarm",
        "queue-age-alarm",
        "modules/observability/alarms_bus.tf",
        """resource "aws_cloudwatch_metric_alarm" "queue_age" {
  for_each = var.queues
""",
        """resource "aws_cloudwatch_metric_alarm" "queue_age" {
  for_each = { for name, queue in var.queues : name => queue if name != "tasks-inbox" }
""",
    ),
    Fault(
        "an alarm whose runbook is gone",
        "alarm-runbook",
        "modules/observability/alarms_database.tf",
        "Runbook: architecture/runbooks/database-cpu.md",
        "Runbook: architecture/runbooks/database-load.md",
    ),
    Fault(
        "a gateway that may call the proxy",
        "proxy-invoked-by-ai-alone",
        "services.tf",
        "ai = { bedrock-proxy = module.bedrock_proxy.invoke_policy_json }",
        """ai      = { bedrock-proxy = module.bedrock_proxy.invoke_policy_json }
    gateway = { bedrock-proxy = module.bedrock_proxy.invoke_policy_json }""",
    ),
    Fault(
        "a role without a boundary",
        "roles-bounded",
        "modules/bedrock_proxy/iam.tf",
        "  permissions_boundary = var.permissions_boundary_arn\n",
        "",
    ),
    Fault(
        "a model called by its family",
        "models-called-by-proxy-alone",
        "modules/bedrock_proxy/iam.tf",
        "foundation-model/${model.foundation_model}",
        "foundation-model/anthropic.*",
    ),
    Fault(
        "a key without a permitted alias",
        "keys-administered",
        "modules/encryption_key/main.tf",
        '      "kms:CreateAlias",\n',
        "",
    ),
    Fault(
        "a log kept in clear text",
        "logs-encrypted",
        "modules/bedrock_proxy/main.tf",
        "  kms_key_id        = var.logs_key_arn\n",
        "",
    ),
    Fault(
        "production without protection",
        "production-protected",
        "main.tf",
        'protected = var.environment == "prod"',
        'protected = var.environment == "live"',
        ("prod",),
    ),
    Fault(
        "two environments with one bucket",
        "environments-share-nothing",
        "modules/storage/access_logs.tf",
        '"${var.prefix}-${var.account_id}-access-logs"',
        '"smartstack-access-logs"',
        ("test", "staging"),
    ),
)
