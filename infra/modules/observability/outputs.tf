locals {
  alarms = concat(
    values(aws_cloudwatch_metric_alarm.queue_age),
    values(aws_cloudwatch_metric_alarm.dead_letters),
    values(aws_cloudwatch_metric_alarm.outbox_lag),
    values(aws_cloudwatch_metric_alarm.service_down),
    values(aws_cloudwatch_metric_alarm.proxy_throttles),
    values(aws_cloudwatch_metric_alarm.model_throttles),
    values(aws_cloudwatch_metric_alarm.proxy_errors),
    [
      aws_cloudwatch_metric_alarm.api_errors,
      aws_cloudwatch_metric_alarm.api_latency,
      aws_cloudwatch_metric_alarm.no_healthy_gateway,
      aws_cloudwatch_metric_alarm.database_cpu,
      aws_cloudwatch_metric_alarm.database_connections,
      aws_cloudwatch_metric_alarm.database_storage,
      aws_cloudwatch_metric_alarm.budget,
      aws_cloudwatch_metric_alarm.undelivered_events,
    ],
  )

  alarm_names = { for alarm in local.alarms : trimprefix(alarm.alarm_name, "${var.prefix}-") => alarm.alarm_name }
}

output "alarm_topic_arn" {
  description = "Topic that alarms and budgets speak to."
  value       = aws_sns_topic.ops.arn
  depends_on  = [aws_sns_topic_policy.ops]
}

output "alarm_names" {
  description = "Every alarm by its kind and what it is about."
  value       = local.alarm_names
}

output "rollback_alarm_names" {
  description = "Alarms that roll a canary of the gateway back."
  value       = [aws_cloudwatch_metric_alarm.api_errors.alarm_name, aws_cloudwatch_metric_alarm.api_latency.alarm_name]
}

output "dashboard_name" {
  description = "Name of the dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}

output "collector_config" {
  description = "Configuration of the collector."
  value       = file("${path.module}/collector.yaml")
}
