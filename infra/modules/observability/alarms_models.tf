# The models: the proxy answers, is not throttled, and its cost stays within bounds.

locals {
  proxies = { for name, proxy in { "bedrock-proxy" = var.proxy } : name => proxy if proxy != null }
}

resource "aws_cloudwatch_metric_alarm" "proxy_throttles" {
  for_each = local.proxies

  alarm_name          = "${var.prefix}-proxy-throttles"
  alarm_description   = "Lambda turns calls of ${each.value.function_name} away. Runbook: architecture/runbooks/proxy-throttles.md"
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  dimensions          = { FunctionName = each.value.function_name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]
}

resource "aws_cloudwatch_metric_alarm" "model_throttles" {
  for_each = toset(var.model_ids)

  alarm_name          = "${var.prefix}-proxy-throttles-${replace(each.key, ":", "-")}"
  alarm_description   = "Bedrock turns calls of ${each.key} away. Runbook: architecture/runbooks/proxy-throttles.md"
  namespace           = "AWS/Bedrock"
  metric_name         = "InvocationThrottles"
  dimensions          = { ModelId = each.key }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]
}

resource "aws_cloudwatch_metric_alarm" "proxy_errors" {
  for_each = local.proxies

  alarm_name          = "${var.prefix}-proxy-errors"
  alarm_description   = "${each.value.function_name} fails. Runbook: architecture/runbooks/proxy-errors.md"
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.proxy_errors
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  metric_query {
    id          = "failed"
    label       = "Failed calls"
    expression  = "FILL(errors, 0) + FILL(answers, 0)"
    return_data = true
  }

  metric_query {
    id = "errors"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Errors"
      dimensions  = { FunctionName = each.value.function_name }
      stat        = "Sum"
      period      = 300
    }
  }

  # Orderly answers of the function that report a failure: Bedrock's, mostly.
  metric_query {
    id = "answers"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Url5xxCount"
      dimensions  = { FunctionName = each.value.function_name }
      stat        = "Sum"
      period      = 300
    }
  }
}

# AWS Budgets needs a day; the services' own count reports within the hour.
resource "aws_cloudwatch_metric_alarm" "budget" {
  alarm_name          = "${var.prefix}-budget-models"
  alarm_description   = "The models have cost more than ${var.ai_daily_budget_usd} USD in a day. Runbook: architecture/runbooks/budget.md"
  namespace           = var.prefix
  metric_name         = "smartstack.ai.cost"
  dimensions          = { (local.service_dimension) = "ai" }
  statistic           = "Sum"
  period              = 86400
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.ai_daily_budget_usd
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]
}
