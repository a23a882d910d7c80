# One collector for all services: which traces are kept is decided when a trace is complete, so all its spans have to
# come to the same place. What it sends is in the observability module's collector.yaml.

locals {
  name       = "${var.prefix}-collector"
  account_id = split(":", var.cluster_arn)[4]
  partition  = split(":", var.cluster_arn)[1]
  port       = 4318
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/${var.prefix}/collector"
  kms_key_id        = var.logs_key_arn
  retention_in_days = var.log_retention_days
}

# Metrics arrive as log events that CloudWatch reads numbers from.
resource "aws_cloudwatch_log_group" "metrics" {
  name              = "/${var.prefix}/metrics"
  kms_key_id        = var.logs_key_arn
  retention_in_days = var.log_retention_days
}

resource "aws_ecs_task_definition" "this" {
  #checkov:skip=CKV_AWS_336:It is: readonlyRootFilesystem below
  family                   = local.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  task_role_arn            = aws_iam_role.task.arn
  execution_role_arn       = aws_iam_role.execution.arn
  skip_destroy             = true

  runtime_platform {
    cpu_architecture        = "ARM64"
    operating_system_family = "LINUX"
  }

  container_definitions = jsonencode([{
    name                   = "collector"
    image                  = var.image
    essential              = true
    user                   = "4317:4317"
    readonlyRootFilesystem = true
    stopTimeout            = 30
    environment = [
      { name = "AOT_CONFIG_CONTENT", value = var.config },
      { name = "AWS_REGION", value = var.region },
      { name = "METRICS_LOG_GROUP", value = aws_cloudwatch_log_group.metrics.name },
      { name = "METRICS_NAMESPACE", value = var.prefix },
    ]
    linuxParameters = { initProcessEnabled = true, capabilities = { add = [], drop = ["ALL"] } }
    portMappings    = [{ name = "otlp", containerPort = local.port, hostPort = local.port, protocol = "tcp", appProtocol = "http" }]
    healthCheck = {
      command     = ["CMD", "/healthcheck"]
      interval    = 30
      timeout     = 5
      retries     = 3
      startPeriod = 30
    }
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = var.region
        awslogs-stream-prefix = "collector"
        mode                  = "non-blocking"
        max-buffer-size       = "4m"
      }
    }
  }])
}

resource "aws_ecs_service" "this" {
  name                    = local.name
  cluster                 = var.cluster_arn
  task_definition         = aws_ecs_task_definition.this.arn
  desired_count           = 1
  platform_version        = "LATEST"
  propagate_tags          = "SERVICE"
  enable_ecs_managed_tags = true

  # Two concurrent tasks would each see half of a trace: the old one stops before the new one starts.
  deployment_minimum_healthy_percent = 0
  deployment_maximum_percent         = 100
  availability_zone_rebalancing      = "DISABLED"

  capacity_provider_strategy {
    capacity_provider = var.capacity_provider
    weight            = 1
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [aws_security_group.this.id]
    assign_public_ip = var.assign_public_ip
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  service_connect_configuration {
    enabled   = true
    namespace = var.namespace_arn

    service {
      port_name      = "otlp"
      discovery_name = "collector"

      client_alias {
        dns_name = "collector"
        port     = local.port
      }
    }
  }

  depends_on = [aws_iam_role_policy.execution, aws_iam_role_policy.task]
}

resource "aws_security_group" "this" {
  name        = local.name
  description = "The collector: from the services, to AWS"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "from_service" {
  for_each = var.service_security_group_ids

  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = each.value
  description                  = "Traces and metrics from ${each.key}"
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_vpc_security_group_egress_rule" "from_service" {
  for_each = var.service_security_group_ids

  security_group_id            = each.value
  referenced_security_group_id = aws_security_group.this.id
  description                  = "Traces and metrics to the collector"
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_vpc_security_group_egress_rule" "to_aws" {
  security_group_id = aws_security_group.this.id
  description       = "To X-Ray, CloudWatch and the registry"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}
