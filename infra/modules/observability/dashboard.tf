# One page per environment, drawn from the same topology as its queues: a new queue or service is on it by itself.

locals {
  ecs = { for name, service in var.services : name => [var.cluster_name, service.ecs_service_name] }

  # Widgets are laid out in rows of three; each says what it shows and for which metrics.
  charts = concat(
    [
      {
        title   = "API: answers a minute, and what went wrong"
        stat    = "Sum"
        unit    = "count"
        metrics = [for name in ["RequestCount", "HTTPCode_Target_4XX_Count", "HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count"] : ["AWS/ApplicationELB", name, "LoadBalancer", var.load_balancer.arn_suffix]]
      },
      {
        title   = "API: time to the first byte, 99th percentile"
        stat    = "p99"
        unit    = "seconds"
        metrics = [["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", var.load_balancer.arn_suffix]]
      },
      {
        title   = "Answers of each service, 99th percentile"
        stat    = "p99"
        unit    = "seconds"
        metrics = [for name in keys(var.services) : [var.prefix, "http.server.request.duration", local.service_dimension, name]]
      },
      {
        title   = "Event to handler, 95th percentile (promise: 5 s)"
        stat    = "p95"
        unit    = "seconds"
        metrics = [for name in keys(var.services) : [var.prefix, "smartstack.event.age", local.service_dimension, name]]
      },
      {
        title   = "Handling one event, 95th percentile"
        stat    = "p95"
        unit    = "seconds"
        metrics = [for name in keys(var.services) : [var.prefix, "messaging.process.duration", local.service_dimension, name]]
      },
      {
        title   = "Outbox: age of the oldest unsent event"
        stat    = "Maximum"
        unit    = "seconds"
        metrics = [for name in keys(var.services) : [var.prefix, "smartstack.outbox.lag", local.service_dimension, name]]
      },
      {
        title   = "Dead letters"
        stat    = "Maximum"
        unit    = "messages"
        metrics = [for queue in values(var.queues) : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue.dead_letter_name]]
      },
      {
        title   = "Oldest message of each inbox"
        stat    = "Maximum"
        unit    = "seconds"
        metrics = [for queue in values(var.queues) : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue.name]]
      },
      {
        title   = "Errors in the logs"
        stat    = "Sum"
        unit    = "lines"
        metrics = [for name in keys(var.services) : [var.prefix, "log.errors", "service", name]]
      },
    ],
    [
      for name, queue in var.queues : {
        title = "${name}: waiting, in flight, arriving, done"
        stat  = "Average"
        unit  = "messages"
        metrics = [
          for metric in ["ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible", "NumberOfMessagesSent", "NumberOfMessagesDeleted"] :
          ["AWS/SQS", metric, "QueueName", queue.name]
        ]
      }
    ],
    [
      {
        title   = "Running tasks"
        stat    = "Average"
        unit    = "tasks"
        metrics = [for pair in values(local.ecs) : ["ECS/ContainerInsights", "RunningTaskCount", "ClusterName", pair[0], "ServiceName", pair[1]]]
      },
      {
        title   = "Processors of the tasks"
        stat    = "Average"
        unit    = "percent"
        metrics = [for pair in values(local.ecs) : ["AWS/ECS", "CPUUtilization", "ClusterName", pair[0], "ServiceName", pair[1]]]
      },
      {
        title   = "Memory of the tasks"
        stat    = "Maximum"
        unit    = "percent"
        metrics = [for pair in values(local.ecs) : ["AWS/ECS", "MemoryUtilization", "ClusterName", pair[0], "ServiceName", pair[1]]]
      },
      {
        title   = "Postgres: processors"
        stat    = "Average"
        unit    = "percent"
        metrics = [["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", var.database.identifier]]
      },
      {
        title   = "Postgres: connections of ${var.database.max_connections}"
        stat    = "Maximum"
        unit    = "connections"
        metrics = [["AWS/RDS", "DatabaseConnections", "DBInstanceIdentifier", var.database.identifier]]
      },
      {
        title   = "Postgres: free disk"
        stat    = "Minimum"
        unit    = "bytes"
        metrics = [["AWS/RDS", "FreeStorageSpace", "DBInstanceIdentifier", var.database.identifier]]
      },
      {
        title   = "Models: cost an hour"
        stat    = "Sum"
        unit    = "USD"
        metrics = [[var.prefix, "smartstack.ai.cost", local.service_dimension, "ai"]]
      },
    ],
    [
      for proxy in values(local.proxies) : {
        title   = "Bedrock proxy: calls, failures, turned away"
        stat    = "Sum"
        unit    = "calls"
        metrics = [for metric in ["Invocations", "Errors", "Url5xxCount", "Throttles"] : ["AWS/Lambda", metric, "FunctionName", proxy.function_name]]
      }
    ],
  )

  widgets = [
    for index, chart in local.charts : {
      type   = "metric"
      x      = (index % 3) * 8
      y      = floor(index / 3) * 6 + 4
      width  = 8
      height = 6
      properties = {
        title   = chart.title
        region  = var.region
        stat    = chart.stat
        period  = 60
        view    = "timeSeries"
        metrics = chart.metrics
        yAxis   = { left = { min = 0, label = chart.unit, showUnits = false } }
      }
    }
  ]

  alarm_states = {
    type   = "alarm"
    x      = 0
    y      = 0
    width  = 24
    height = 4
    properties = {
      title  = "Alarms; each description ends with its runbook"
      alarms = [for name in sort(values(local.alarm_names)) : "arn:aws:cloudwatch:${var.region}:${var.account_id}:alarm:${name}"]
    }
  }
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.prefix
  dashboard_body = jsonencode({ widgets = concat([local.alarm_states], local.widgets) })
}
