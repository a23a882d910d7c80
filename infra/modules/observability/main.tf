# Where alarms go: one topic, which people subscribe to. Every alarm's description ends with its runbook.

locals {
  topic_arn = "arn:aws:sns:${var.region}:${var.account_id}:${var.prefix}-ops"

  # AWS services that publish here by themselves, and the kind of thing that each may speak for.
  publishers = {
    "cloudwatch.amazonaws.com" = "arn:aws:cloudwatch:${var.region}:${var.account_id}:alarm:${var.prefix}-*"
    "budgets.amazonaws.com"    = "arn:aws:budgets::${var.account_id}:*"
    "costalerts.amazonaws.com" = "arn:aws:ce::${var.account_id}:anomalysubscription/*"
    "events.amazonaws.com"     = "arn:aws:events:${var.region}:${var.account_id}:rule/${var.prefix}-*"
  }

  # How collector.yaml files a metric: by the service it comes from.
  service_dimension = "service.name"
}

module "key" {
  source = "../encryption_key"

  name        = "${var.prefix}-ops"
  description = "Alarms on their way to people"
  account_id  = var.account_id

  services = {
    for principal, source in local.publishers : principal => {
      actions = ["kms:Decrypt", "kms:GenerateDataKey"]
      conditions = [
        { test = "StringEquals", variable = "aws:SourceAccount", values = [var.account_id] },
      ]
    }
  }
}

resource "aws_sns_topic" "ops" {
  name              = "${var.prefix}-ops"
  display_name      = var.prefix
  kms_master_key_id = module.key.arn
  signature_version = 2
}

data "aws_iam_policy_document" "topic" {
  dynamic "statement" {
    for_each = local.publishers

    content {
      actions   = ["sns:Publish"]
      resources = [local.topic_arn]

      principals {
        type        = "Service"
        identifiers = [statement.key]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [var.account_id]
      }

      condition {
        test     = "ArnLike"
        variable = "aws:SourceArn"
        values   = [statement.value]
      }
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [local.topic_arn]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sns_topic_policy" "ops" {
  arn    = aws_sns_topic.ops.arn
  policy = data.aws_iam_policy_document.topic.json
}

resource "aws_sns_topic_subscription" "mail" {
  for_each = toset(var.notification_emails)

  topic_arn = aws_sns_topic.ops.arn
  protocol  = "email"
  endpoint  = each.key
}

# The traces worth a look, one click away.
resource "aws_xray_group" "worth_a_look" {
  group_name        = "${var.prefix}-slow-or-failed"
  filter_expression = "fault = true OR responsetime >= ${var.thresholds.latency_seconds}"

  insights_configuration {
    insights_enabled = false
  }
}
