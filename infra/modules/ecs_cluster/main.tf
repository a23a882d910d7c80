# The cluster that all services share, and the namespace in which the gateway finds the others by name.

resource "aws_ecs_cluster" "this" {
  name = var.prefix

  setting {
    name  = "containerInsights"
    value = "enabled"
  }

  configuration {
    # Shells are impossible: file systems are read-only. Commands would be logged all the same.
    execute_command_configuration {
      kms_key_id = var.logs_key_arn
      logging    = "OVERRIDE"

      log_configuration {
        cloud_watch_encryption_enabled = true
        cloud_watch_log_group_name     = aws_cloudwatch_log_group.commands.name
      }
    }
  }

  service_connect_defaults {
    namespace = aws_service_discovery_http_namespace.this.arn
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]

  default_capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 1
  }
}

resource "aws_service_discovery_http_namespace" "this" {
  name        = var.prefix
  description = "Names of the services: http://tasks:8000 and so on, for tasks of this cluster alone"
}

resource "aws_cloudwatch_log_group" "commands" {
  name              = "/${var.prefix}/commands"
  kms_key_id        = var.logs_key_arn
  retention_in_days = var.log_retention_days
}

# Container insights writes here; made beforehand, so that it is encrypted and does not grow for ever.
resource "aws_cloudwatch_log_group" "insights" {
  name              = "/aws/ecs/containerinsights/${var.prefix}/performance"
  kms_key_id        = var.logs_key_arn
  retention_in_days = var.log_retention_days
}
