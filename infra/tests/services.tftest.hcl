# How a service is run and deployed; by `tofu test`, on a mocked provider.

mock_provider "aws" {}

variables {
  prefix                   = "smartstack-test"
  region                   = "eu-west-1"
  environment_name         = "test"
  service                  = "tasks"
  cluster_arn              = "arn:aws:ecs:eu-west-1:111111111111:cluster/smartstack-test"
  cluster_name             = "smartstack-test"
  namespace_arn            = "arn:aws:servicediscovery:eu-west-1:111111111111:namespace/ns-1"
  image                    = "444444444444.dkr.ecr.eu-west-1.amazonaws.com/smartstack-tasks@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  cpu                      = 256
  memory                   = 512
  min_tasks                = 1
  max_tasks                = 4
  on_demand_base           = 0
  subnet_ids               = ["subnet-1", "subnet-2"]
  security_group_id        = "sg-1"
  secrets_key_arn          = "arn:aws:kms:eu-west-1:111111111111:key/1"
  queue_names              = ["smartstack-test-tasks-inbox"]
  backlog                  = { seconds_per_message = 0.02, acceptable_latency_seconds = 2 }
  logs_key_arn             = "arn:aws:kms:eu-west-1:111111111111:key/2"
  log_retention_days       = 14
  permissions_boundary_arn = "arn:aws:iam::111111111111:policy/boundary"
}

run "a_small_environment_runs_on_spot_alone_and_rolls_back_what_does_not_start" {
  command = plan

  module {
    source = "./modules/ecs_service"
  }

  assert {
    condition     = [for provider in aws_ecs_service.this.capacity_provider_strategy : provider.capacity_provider] == ["FARGATE_SPOT"]
    error_message = "Without an on-demand base every task is on Spot."
  }

  assert {
    condition     = aws_ecs_service.this.deployment_configuration[0].strategy == "ROLLING" && aws_ecs_service.this.deployment_circuit_breaker[0].rollback
    error_message = "A service without load balancer rolls, with a circuit breaker."
  }

  assert {
    condition     = length(aws_iam_role.traffic) == 0
    error_message = "Without traffic there is no right to move it."
  }
}

run "the_container_can_write_nowhere_and_is_nobody" {
  command = plan

  module {
    source = "./modules/ecs_service"
  }

  assert {
    condition = alltrue([
      for container in jsondecode(aws_ecs_task_definition.this["serve"].container_definitions) :
      container.readonlyRootFilesystem && container.user == "10001:10001" && container.linuxParameters.capabilities.drop == ["ALL"]
    ])
    error_message = "Read-only root, no root, no capabilities."
  }

  assert {
    condition = alltrue([
      for container in jsondecode(aws_ecs_task_definition.this["serve"].container_definitions) :
      container.stopTimeout == 30 && tonumber({ for item in container.environment : item.name => item.value }["SMARTSTACK_DRAIN_SECONDS"]) <= 25
    ])
    error_message = "A task drains before it is killed."
  }
}

run "as_many_tasks_as_keep_the_wait_acceptable" {
  command = plan

  module {
    source = "./modules/ecs_service"
  }

  assert {
    condition     = abs(aws_appautoscaling_policy.backlog[0].target_tracking_scaling_policy_configuration[0].target_value - 100) < 0.001
    error_message = "Two seconds at 20 ms a message are a hundred messages per task."
  }

  assert {
    condition     = length(aws_appautoscaling_policy.cpu) == 0
    error_message = "Only who is asked to scales on processors."
  }
}

run "behind_the_load_balancer_it_is_a_canary_that_alarms_roll_back" {
  command = plan

  module {
    source = "./modules/ecs_service"
  }

  variables {
    service              = "gateway"
    on_demand_base       = 1
    scale_on_cpu         = true
    rollback_alarm_names = ["smartstack-test-api-errors"]
    load_balancer = {
      target_group_arn           = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:targetgroup/a/1"
      alternate_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:targetgroup/b/1"
      production_rule_arn        = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener-rule/1"
      test_rule_arn              = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener-rule/2"
    }
  }

  assert {
    condition     = aws_ecs_service.this.deployment_configuration[0].strategy == "CANARY" && aws_ecs_service.this.alarms[0].rollback
    error_message = "The gateway is deployed as a canary, and alarms roll it back."
  }

  assert {
    condition     = length(aws_ecs_service.this.deployment_circuit_breaker) == 0
    error_message = "A circuit breaker belongs to rolling deployments."
  }

  assert {
    condition     = anytrue([for provider in aws_ecs_service.this.capacity_provider_strategy : provider.capacity_provider == "FARGATE" && provider.base == 1])
    error_message = "One task is on demand."
  }

  assert {
    condition     = aws_ecs_service.this.service_connect_configuration[0].service[0].timeout[0].per_request_timeout_seconds == 0
    error_message = "The live stream is not cut."
  }
}

run "what_is_run_once_has_a_role_of_its_own" {
  command = plan

  module {
    source = "./modules/ecs_service"
  }

  variables {
    one_off_tasks = { migrate = { command = ["migrate"], policies = { database = "{}" } } }
  }

  assert {
    condition     = keys(aws_iam_role.task) == ["migrate", "serve"] && keys(aws_iam_role_policy.task) == ["migrate/database"]
    error_message = "Only the migration may sign in as the owner of the schema."
  }

  assert {
    condition     = !can(jsondecode(aws_ecs_task_definition.this["migrate"].container_definitions)[0].portMappings)
    error_message = "What is run once serves nothing."
  }
}

run "an_image_by_tag_is_refused" {
  command = plan

  module {
    source = "./modules/ecs_service"
  }

  variables {
    image = "444444444444.dkr.ecr.eu-west-1.amazonaws.com/smartstack-tasks:latest"
  }

  expect_failures = [var.image]
}

run "a_service_without_tasks_is_refused" {
  command = plan

  module {
    source = "./modules/ecs_service"
  }

  variables {
    min_tasks = 0
  }

  expect_failures = [var.min_tasks]
}
