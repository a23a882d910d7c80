# Alarms on what people notice: errors, waiting, a missing service. The first two also roll a canary back.

locals {
  load_balancer_metrics = {
    requests = "RequestCount"
    target   = "HTTPCode_Target_5XX_Count"
    own      = "HTTPCode_ELB_5XX_Count"
  }
}

resource "aws_cloudwatch_metric_alarm" "api_errors" {
  alarm_name          = "${var.prefix}-api-errors"
  alarm_description   = "Too many of the API's answers are 5xx. Runbook: architecture/runbooks/api-errors.md"
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.error_percent
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  metric_query {
    id    = "share"
    label = "Percent of answers"
    # A handful of requests makes no percentage.
    expression  = "IF(requests >= ${var.thresholds.error_requests}, 100 * (FILL(target, 0) + FILL(own, 0)) / requests, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = local.load_balancer_metrics

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        dimensions  = { LoadBalancer = var.load_balancer.arn_suffix }
        stat        = "Sum"
        period      = 60
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "api_latency" {
  alarm_name                            = "${var.prefix}-api-latency"
  alarm_description                     = "The slowest hundredth of the API's answers is too slow. Runbook: architecture/runbooks/api-latency.md"
  namespace                             = "AWS/ApplicationELB"
  metric_name                           = "TargetResponseTime"
  dimensions                            = { LoadBalancer = var.load_balancer.arn_suffix }
  extended_statistic                    = "p99"
  evaluate_low_sample_count_percentiles = "ignore"
  period                                = 60
  evaluation_periods                    = 5
  datapoints_to_alarm                   = 3
  comparison_operator                   = "GreaterThanThreshold"
  threshold                             = var.thresholds.latency_seconds
  treat_missing_data                    = "notBreaching"
  alarm_actions                         = [aws_sns_topic.ops.arn]
  ok_actions                            = [aws_sns_topic.ops.arn]
}

resource "aws_cloudwatch_metric_alarm" "service_down" {
  for_each = var.services

  alarm_name          = "${var.prefix}-service-down-${each.key}"
  alarm_description   = "No task of ${each.key} runs, or fewer than it needs. Runbook: architecture/runbooks/service-down.md"
  namespace           = "ECS/ContainerInsights"
  metric_name         = "RunningTaskCount"
  dimensions          = { ClusterName = var.cluster_name, ServiceName = each.value.ecs_service_name }
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "LessThanThreshold"
  threshold           = each.value.min_tasks
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]
}

resource "aws_cloudwatch_metric_alarm" "no_healthy_gateway" {
  alarm_name          = "${var.prefix}-service-down-load-balancer"
  alarm_description   = "The load balancer sees no healthy gateway. Runbook: architecture/runbooks/service-down.md"
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]

  metric_query {
    id          = "healthy"
    label       = "Healthy gateways"
    expression  = join(" + ", [for index in range(length(var.load_balancer.target_group_arn_suffixes)) : "FILL(group${index}, 0)"])
    return_data = true
  }

  dynamic "metric_query" {
    for_each = range(length(var.load_balancer.target_group_arn_suffixes))

    content {
      id = "group${metric_query.value}"

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = "HealthyHostCount"
        dimensions = {
          LoadBalancer = var.load_balancer.arn_suffix
          TargetGroup  = var.load_balancer.target_group_arn_suffixes[metric_query.value]
        }
        stat   = "Minimum"
        period = 60
      }
    }
  }
}
