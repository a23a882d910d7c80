# Guardrails that keep an accident small: budgets that warn before the money is spent, and no public bucket, whatever the configuration.

locals {
  runbook = "architecture/runbooks/budget.md"

  budgets = {
    all    = { limit = var.monthly_budget_usd, filter = [] }
    models = { limit = var.ai_monthly_budget_usd, filter = ["Amazon Bedrock"] }
  }

  warnings = [
    { type = "ACTUAL", percent = 80 },
    { type = "FORECASTED", percent = 100 },
    { type = "ACTUAL", percent = 100 },
  ]
}

resource "aws_budgets_budget" "this" {
  for_each = local.budgets

  name         = "${var.prefix}-${each.key}"
  budget_type  = "COST"
  limit_amount = tostring(each.value.limit)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"
  tags         = { Runbook = local.runbook }

  dynamic "cost_filter" {
    for_each = length(each.value.filter) > 0 ? [each.value.filter] : []

    content {
      name   = "Service"
      values = cost_filter.value
    }
  }

  dynamic "notification" {
    for_each = local.warnings

    content {
      comparison_operator        = "GREATER_THAN"
      notification_type          = notification.value.type
      threshold                  = notification.value.percent
      threshold_type             = "PERCENTAGE"
      subscriber_sns_topic_arns  = [var.notification_topic_arn]
      subscriber_email_addresses = var.notification_emails
    }
  }
}

resource "aws_s3_account_public_access_block" "this" {
  account_id              = var.account_id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
