# The bus: every inbox is emptied, no message is dead-lettered, and committed events are published.

resource "aws_cloudwatch_metric_alarm" "queue_age" {
  for_each = var.queues

  alarm_name          = "${var.prefix}-queue-age-${each.key}"
  alarm_description   = "The oldest message of ${each.value.name} waits too long. Runbook: architecture/runbooks/queue-age.md"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = each.value.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.queue_age_seconds
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  for_each = merge(
    { for name, queue in var.queues : trimsuffix(name, "-inbox") => queue.dead_letter_name },
    { for name, proxy in local.proxies : name => proxy.dead_letter_queue_name },
  )

  alarm_name          = "${var.prefix}-dead-letters-${each.key}"
  alarm_description   = "Something could not be handled and is in ${each.value}. Runbook: architecture/runbooks/dead-letters.md"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = each.value }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]
}

resource "aws_cloudwatch_metric_alarm" "undelivered_events" {
  alarm_name          = "${var.prefix}-undelivered-events"
  alarm_description   = "A published event is not in the inbox of each of its subscribers. Runbook: architecture/runbooks/undelivered-events.md"
  namespace           = var.prefix
  metric_name         = "smartstack.events.undelivered"
  dimensions          = { (local.service_dimension) = "gateway" }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  # An audit that does not look finds nothing: its silence rings too.
  treat_missing_data = "breaching"
  alarm_actions      = [aws_sns_topic.ops.arn]
  ok_actions         = [aws_sns_topic.ops.arn]
}

resource "aws_cloudwatch_metric_alarm" "outbox_lag" {
  for_each = var.services

  alarm_name          = "${var.prefix}-outbox-lag-${each.key}"
  alarm_description   = "What ${each.key} has committed is not being published. Runbook: architecture/runbooks/outbox-lag.md"
  namespace           = var.prefix
  metric_name         = "smartstack.outbox.lag"
  dimensions          = { (local.service_dimension) = each.key }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.outbox_lag_seconds
  # No relay, no value: then service-down rings.
  treat_missing_data = "notBreaching"
  alarm_actions      = [aws_sns_topic.ops.arn]
  ok_actions         = [aws_sns_topic.ops.arn]
}
