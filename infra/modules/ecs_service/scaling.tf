# How many tasks: as many as keep the wait in the queue acceptable, and for the gateway as keep its processors free.

resource "aws_appautoscaling_target" "this" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${var.cluster_name}/${aws_ecs_service.this.name}"
  min_capacity       = var.min_tasks
  max_capacity       = var.max_tasks
}

resource "aws_appautoscaling_policy" "backlog" {
  count = length(var.queue_names) == 0 ? 0 : 1

  name               = "${local.name}-backlog"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  target_tracking_scaling_policy_configuration {
    # So many messages may wait for each task: it is through with them within the acceptable latency.
    target_value       = var.backlog.acceptable_latency_seconds / var.backlog.seconds_per_message
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    customized_metric_specification {
      metrics {
        id          = "per_task"
        label       = "Messages waiting per task"
        expression  = "(${join(" + ", [for index, _ in var.queue_names : "visible${index}"])}) / MAX([tasks, 1])"
        return_data = true
      }

      dynamic "metrics" {
        for_each = var.queue_names

        content {
          id          = "visible${metrics.key}"
          return_data = false

          metric_stat {
            stat = "Average"

            metric {
              namespace   = "AWS/SQS"
              metric_name = "ApproximateNumberOfMessagesVisible"

              dimensions {
                name  = "QueueName"
                value = metrics.value
              }
            }
          }
        }
      }

      metrics {
        id          = "tasks"
        return_data = false

        metric_stat {
          stat = "Average"

          metric {
            namespace   = "ECS/ContainerInsights"
            metric_name = "RunningTaskCount"

            dimensions {
              name  = "ClusterName"
              value = var.cluster_name
            }

            dimensions {
              name  = "ServiceName"
              value = aws_ecs_service.this.name
            }
          }
        }
      }
    }
  }
}

resource "aws_appautoscaling_policy" "cpu" {
  count = var.scale_on_cpu ? 1 : 0

  name               = "${local.name}-cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = 60
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}

# Metrics that only the log reports; made here, since the log group has to exist first.

resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "${local.name}-errors"
  log_group_name = aws_cloudwatch_log_group.this.name
  pattern        = "{ $.level = \"ERROR\" }"

  metric_transformation {
    namespace  = var.prefix
    name       = "log.errors"
    value      = "1"
    dimensions = { service = "$.service" }
  }
}

resource "aws_cloudwatch_log_metric_filter" "paused" {
  name           = "${local.name}-paused"
  log_group_name = aws_cloudwatch_log_group.this.name
  pattern        = "{ $.message = \"the database does not answer: consuming is paused\" }"

  metric_transformation {
    namespace  = var.prefix
    name       = "log.consuming-paused"
    value      = "1"
    dimensions = { service = "$.service" }
  }
}
