# Limits of an environment, and the consequences of being production. AWS is mocked: nothing is made.

mock_provider "aws" {
  # The policy renderer is mocked too; AWS's provider wants JSON of them all the same.
  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }
}

variables {
  environment = "prod"
  account_id  = "333333333333"
  region      = "eu-west-1"

  network = {
    cidr  = "10.30.0.0/16"
    zones = ["eu-west-1a", "eu-west-1b"]
    nat   = "per_az"
  }

  database = {
    instance_class = "db.t4g.small"
    storage_gb     = 50
    max_storage_gb = 500
    multi_az       = true
    backup_days    = 30
  }

  services = {
    ai      = { cpu = 512, memory = 1024, min_tasks = 2, max_tasks = 8, on_demand_base = 1, seconds_per_message = 0.1, acceptable_latency_seconds = 10 }
    comms   = { cpu = 512, memory = 1024, min_tasks = 2, max_tasks = 8, on_demand_base = 1, seconds_per_message = 0.02, acceptable_latency_seconds = 2 }
    gateway = { cpu = 512, memory = 1024, min_tasks = 2, max_tasks = 8, on_demand_base = 1, seconds_per_message = 0.02, acceptable_latency_seconds = 2 }
    tasks   = { cpu = 512, memory = 1024, min_tasks = 2, max_tasks = 8, on_demand_base = 1, seconds_per_message = 0.02, acceptable_latency_seconds = 2 }
  }

  image_registry = "444444444444.dkr.ecr.eu-west-1.amazonaws.com"

  models = {
    "eu.example.model-v1:0" = {
      foundation_model = "example.model-v1:0"
      regions          = ["eu-west-1", "eu-central-1"]
      price            = [1, 5]
    }
  }

  model                = "eu.example.model-v1:0"
  workspace_budget_usd = 20
  proxy_concurrency    = 50
  monthly_budget_usd   = 500
  notification_emails = ["on-call@example.com"]
  audit_lock_days      = 365
  log_retention_days   = 90
}

run "production_is_planned" {
  command = plan

  assert {
    condition     = local.protected
    error_message = "Production is protected."
  }

  assert {
    condition     = local.pool_size * local.most_tasks <= module.database.max_connections
    error_message = "All tasks together may not want more connections than the database takes."
  }
}

run "production_has_a_standby" {
  command         = plan
  expect_failures = [var.database]

  variables {
    database = {
      instance_class = "db.t4g.small"
      storage_gb     = 50
      max_storage_gb = 500
      multi_az       = false
      backup_days    = 30
    }
  }
}

run "production_can_be_restored_for_two_weeks" {
  command         = plan
  expect_failures = [var.database]

  variables {
    database = {
      instance_class = "db.t4g.small"
      storage_gb     = 50
      max_storage_gb = 500
      multi_az       = true
      backup_days    = 7
    }
  }
}

run "production_has_a_way_out_in_each_zone" {
  command         = plan
  expect_failures = [var.network]

  variables {
    network = {
      cidr  = "10.30.0.0/16"
      zones = ["eu-west-1a", "eu-west-1b"]
      nat   = "single"
    }
  }
}

run "an_environment_is_one_of_three" {
  command         = plan
  expect_failures = [var.environment]

  variables {
    environment = "demo"
  }
}

run "an_image_is_named_by_digest" {
  command         = plan
  expect_failures = [var.image_digests]

  variables {
    image_digests = { smartstack-tasks = "latest" }
  }
}

run "the_model_asked_for_is_an_allowed_one" {
  command         = plan
  expect_failures = [var.model]

  variables {
    model = "eu.example.another-v1:0"
  }
}

run "a_public_api_and_a_domain_are_planned_too" {
  command = plan

  variables {
    domain_name         = "app.example.com"
    hosted_zone_id      = "Z0123456789ABC"
    api_gateway_enabled = true
  }

  assert {
    condition     = length(module.api_gateway) == 1 && length(module.dns) == 1
    error_message = "Both are there when they are wanted."
  }

  assert {
    condition     = output.url == "https://app.example.com"
    error_message = "The app is at its domain."
  }
}
