# One service: its task definition, how it is deployed, and by which name the others find it.

locals {
  name       = "${var.prefix}-${var.service}"
  account_id = split(":", var.cluster_arn)[4]
  partition  = split(":", var.cluster_arn)[1]
  port       = 8000
  canary     = var.load_balancer != null

  environment = merge({
    AWS_REGION                 = var.region
    SMARTSTACK_ENVIRONMENT     = var.environment_name
    SMARTSTACK_RESOURCE_PREFIX = var.prefix
    SMARTSTACK_HTTP_HOST       = "0.0.0.0"
    SMARTSTACK_HTTP_PORT       = tostring(local.port)
    # Topics and queues are made here, from the same topology; a service needs no right to look for them.
    SMARTSTACK_DECLARE        = "off"
    SMARTSTACK_AWS_ACCOUNT_ID = local.account_id
    # Under the 30 s after which a task is killed; what is not done by then is delivered again.
    SMARTSTACK_DRAIN_SECONDS = "20"
    # CloudWatch keeps a value a minute; sending more of them only costs.
    SMARTSTACK_METRICS_SECONDS = "60"
    # Of a histogram with fixed bounds CloudWatch learns only mean and extremes, of an exponential one the percentiles.
    OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION = "base2_exponential_bucket_histogram"
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE        = "delta"
  }, var.environment)

  # The commands of the service's image: the service itself, and one-off commands of an operator or a deploy.
  definitions = merge(
    {
      serve = {
        entry_point = null
        command     = ["serve"]
        environment = local.environment
        secrets     = var.secrets
        policies    = var.task_policies
        serves      = true
      }
    },
    {
      for label, task in var.one_off_tasks : label => {
        entry_point = task.entry_point
        command     = task.command
        environment = merge(local.environment, task.environment)
        secrets     = merge(var.secrets, task.secrets)
        policies    = task.policies
        serves      = false
      }
    },
  )
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/${var.prefix}/${var.service}"
  kms_key_id        = var.logs_key_arn
  retention_in_days = var.log_retention_days
}

resource "aws_ecs_task_definition" "this" {
  for_each = local.definitions

  family                   = each.key == "serve" ? local.name : "${local.name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  task_role_arn            = aws_iam_role.task[each.key].arn
  execution_role_arn       = aws_iam_role.execution[each.key].arn
  # A rollback starts the former revision, so it has to be there.
  skip_destroy = true

  runtime_platform {
    cpu_architecture        = "ARM64"
    operating_system_family = "LINUX"
  }

  # The only place that can be written to; Fargate knows no tmpfs. The image declares it, so it belongs to its user.
  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([merge(
    {
      name                   = var.service
      image                  = var.image
      essential              = true
      command                = each.value.command
      user                   = "10001:10001"
      readonlyRootFilesystem = true
      stopTimeout            = 30
      environment            = [for key in sort(keys(each.value.environment)) : { name = key, value = each.value.environment[key] }]
      secrets                = [for key in sort(keys(each.value.secrets)) : { name = key, valueFrom = each.value.secrets[key] }]
      mountPoints            = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
      linuxParameters        = { initProcessEnabled = true, capabilities = { add = [], drop = ["ALL"] } }
      ulimits                = [{ name = "nofile", softLimit = 65536, hardLimit = 65536 }]
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.this.name
          awslogs-region        = var.region
          awslogs-stream-prefix = each.key
          # A slow CloudWatch may cost log lines, never requests.
          mode            = "non-blocking"
          max-buffer-size = "4m"
        }
      }
    },
    { for key, value in { entryPoint = each.value.entry_point } : key => value if value != null },
    { for key, value in {
      portMappings = [{ name = "http", containerPort = local.port, hostPort = local.port, protocol = "tcp", appProtocol = "http" }]
      healthCheck = {
        # Live, not ready: a missing database must not restart every task.
        command = [
          "CMD", "python", "-Sc",
          "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', ${local.port}, timeout=8); c.request('GET', '/health/live'); sys.exit(c.getresponse().status != 200)",
        ]
        # A task that is busy answers late; only one that does not answer at all is replaced.
        interval    = 30
        timeout     = 10
        retries     = 3
        startPeriod = 60
      }
    } : key => value if each.value.serves },
  )])
}

resource "aws_ecs_service" "this" {
  name                              = local.name
  cluster                           = var.cluster_arn
  task_definition                   = aws_ecs_task_definition.this["serve"].arn
  desired_count                     = var.min_tasks
  platform_version                  = "LATEST"
  availability_zone_rebalancing     = local.canary ? "DISABLED" : "ENABLED"
  health_check_grace_period_seconds = local.canary ? 60 : null
  propagate_tags                    = "SERVICE"
  enable_ecs_managed_tags           = true
  # A deploy that rolls itself back has failed; without this it would look like a success.
  wait_for_steady_state = var.wait_for_steady_state

  dynamic "capacity_provider_strategy" {
    for_each = var.on_demand_base > 0 ? [var.on_demand_base] : []

    content {
      capacity_provider = "FARGATE"
      base              = capacity_provider_strategy.value
      weight            = 0
    }
  }

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 1
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [var.security_group_id]
    assign_public_ip = var.assign_public_ip
  }

  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200

  deployment_controller {
    type = "ECS"
  }

  deployment_configuration {
    strategy             = local.canary ? "CANARY" : "ROLLING"
    bake_time_in_minutes = local.canary ? tostring(var.canary.bake_minutes) : null

    dynamic "canary_configuration" {
      for_each = local.canary ? [var.canary] : []

      content {
        canary_percent              = canary_configuration.value.percent
        canary_bake_time_in_minutes = tostring(canary_configuration.value.bake_minutes)
      }
    }
  }

  dynamic "deployment_circuit_breaker" {
    for_each = local.canary ? [] : [true]

    content {
      enable   = true
      rollback = true
    }
  }

  dynamic "alarms" {
    for_each = length(var.rollback_alarm_names) > 0 ? [var.rollback_alarm_names] : []

    content {
      alarm_names = alarms.value
      enable      = true
      rollback    = true
    }
  }

  dynamic "load_balancer" {
    for_each = local.canary ? [var.load_balancer] : []

    content {
      container_name   = var.service
      container_port   = local.port
      target_group_arn = load_balancer.value.target_group_arn

      advanced_configuration {
        alternate_target_group_arn = load_balancer.value.alternate_target_group_arn
        production_listener_rule   = load_balancer.value.production_rule_arn
        test_listener_rule         = load_balancer.value.test_rule_arn
        role_arn                   = aws_iam_role.traffic[0].arn
      }
    }
  }

  service_connect_configuration {
    enabled   = true
    namespace = var.namespace_arn

    service {
      port_name      = "http"
      discovery_name = var.service

      client_alias {
        dns_name = var.service
        port     = local.port
      }

      # The live stream never ends; by default a request is cut after 15 s.
      dynamic "timeout" {
        for_each = local.canary ? [true] : []

        content {
          per_request_timeout_seconds = 0
        }
      }
    }

    log_configuration {
      log_driver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = var.region
        awslogs-stream-prefix = "connect"
      }
    }
  }

  # A canary bakes twice before it is steady.
  timeouts {
    create = "40m"
    update = "60m"
  }

  lifecycle {
    # Autoscaling owns the number of tasks, a canary the target group that is in use.
    ignore_changes = [desired_count, load_balancer]
  }

  depends_on = [aws_iam_role_policy.execution, aws_iam_role_policy.task, aws_iam_role_policy.traffic]
}
