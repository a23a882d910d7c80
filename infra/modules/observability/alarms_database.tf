# Postgres: processors, connections, disk.

resource "aws_cloudwatch_metric_alarm" "database_cpu" {
  alarm_name          = "${var.prefix}-database-cpu"
  alarm_description   = "Postgres has been busy for a quarter of an hour. Runbook: architecture/runbooks/database-cpu.md"
  namespace           = "AWS/RDS"
  metric_name         = "CPUUtilization"
  dimensions          = { DBInstanceIdentifier = var.database.identifier }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.database_cpu_percent
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]
}

resource "aws_cloudwatch_metric_alarm" "database_connections" {
  alarm_name          = "${var.prefix}-database-connections"
  alarm_description   = "Most of the ${var.database.max_connections} connections are taken. Runbook: architecture/runbooks/database-connections.md"
  namespace           = "AWS/RDS"
  metric_name         = "DatabaseConnections"
  dimensions          = { DBInstanceIdentifier = var.database.identifier }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = floor(var.database.max_connections * 0.8)
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
  ok_actions          = [aws_sns_topic.ops.arn]
}

resource "aws_cloudwatch_metric_alarm" "database_storage" {
  alarm_name          = "${var.prefix}-database-storage"
  alarm_description   = "Less than a fifth of the disk is free. Runbook: architecture/runbooks/database-storage.md"
  namespace           = "AWS/RDS"
  metric_name         = "FreeStorageSpace"
  dimensions          = { DBInstanceIdentifier = var.database.identifier }
  statistic           = "Minimum"
  period              = 300
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  comparison_operator = "LessThanThreshold"
  # Bytes; what was allotted is in GiB.
  threshold          = var.database.storage_gb * 1024 * 1024 * 1024 / 5
  treat_missing_data = "notBreaching"
  alarm_actions      = [aws_sns_topic.ops.arn]
  ok_actions         = [aws_sns_topic.ops.arn]
}
