# Refusals of modules: each of these would be found out in production otherwise.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }
}

variables {
  prefix                   = "smartstack-test"
  account_id               = "111111111111"
  region                   = "eu-west-1"
  kms_key_arn              = "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000"
  logs_key_arn             = "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000001"
  log_retention_days       = 14
  permissions_boundary_arn = "arn:aws:iam::111111111111:policy/github-smartstack-test-boundary"
}

run "messaging_is_the_topology" {
  command = plan

  module {
    source = "./modules/messaging"
  }

  variables {
    topology = {
      version = 1
      topics = {
        "tasks-events" = { service = "tasks", events = ["smartstack.tasks.task_created.v1"] }
      }
      queues = {
        "gateway-inbox" = {
          service                       = "gateway"
          dead_letter_queue             = "gateway-dlq"
          dead_letter_retention_seconds = 1209600
          max_receive_count             = 5
          message_retention_seconds     = 345600
          visibility_timeout_seconds    = 10
        }
      }
      subscriptions = [{
        topic  = "tasks-events"
        queue  = "gateway-inbox"
        raw    = true
        filter = { type = ["smartstack.tasks.task_created.v1"] }
      }]
    }
  }

  assert {
    condition     = aws_sns_topic.this["tasks-events"].name == "smartstack-test-tasks-events"
    error_message = "The topic of the topology, with the environment before its name."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.inbox["gateway-inbox"].redrive_policy).maxReceiveCount == 5
    error_message = "As often as the topology says."
  }

  assert {
    condition     = jsondecode(aws_sns_topic_subscription.this["tasks-events-gateway-inbox"].filter_policy).type[0] == "smartstack.tasks.task_created.v1"
    error_message = "The filter of the topology."
  }

  assert {
    condition     = output.queues["gateway-inbox"].dead_letter_arn == "arn:aws:sqs:eu-west-1:111111111111:smartstack-test-gateway-dlq"
    error_message = "ARNs are composed from names."
  }
}

run "private_keys_do_not_go_to_the_proxy" {
  command         = plan
  expect_failures = [var.token_keys]

  module {
    source = "./modules/bedrock_proxy"
  }

  variables {
    image                = "444444444444.dkr.ecr.eu-west-1.amazonaws.com/smartstack-bedrock-proxy@sha256:0000000000000000000000000000000000000000000000000000000000000000"
    invoker_role_arn     = "arn:aws:iam::111111111111:role/smartstack-test-ai"
    token_keys           = "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"a\",\"d\":\"b\"}]}"
    max_tokens           = 4096
    workspace_budget_usd = 1
    reserved_concurrency = 5
    prompt_log_bucket    = { name = "a", arn = "arn:aws:s3:::a" }
    budget_table         = { name = "a", arn = "arn:aws:dynamodb:eu-west-1:111111111111:table/a" }
    models               = { "eu.example.model-v1:0" = { foundation_model = "example.model-v1:0", regions = ["eu-west-1"], price = [1, 5] } }
  }
}

run "an_image_by_tag_is_refused" {
  command         = plan
  expect_failures = [var.image]

  module {
    source = "./modules/bedrock_proxy"
  }

  variables {
    image                = "444444444444.dkr.ecr.eu-west-1.amazonaws.com/smartstack-bedrock-proxy:latest"
    invoker_role_arn     = "arn:aws:iam::111111111111:role/smartstack-test-ai"
    token_keys           = "{\"keys\":[]}"
    max_tokens           = 4096
    workspace_budget_usd = 1
    reserved_concurrency = 5
    prompt_log_bucket    = { name = "a", arn = "arn:aws:s3:::a" }
    budget_table         = { name = "a", arn = "arn:aws:dynamodb:eu-west-1:111111111111:table/a" }
    models               = { "eu.example.model-v1:0" = { foundation_model = "example.model-v1:0", regions = ["eu-west-1"], price = [1, 5] } }
  }
}

run "an_audit_record_is_not_locked_for_longer_than_it_is_kept" {
  command         = plan
  expect_failures = [var.audit_lock_days]

  module {
    source = "./modules/storage"
  }

  variables {
    audit_lock_days     = 500
    deletion_protection = true
    topology = {
      version = 1
      buckets = { audit = { writer = "operator", expire_days = 400 } }
      tables  = {}
    }
  }
}

run "a_key_for_a_service_has_a_condition" {
  command         = plan
  expect_failures = [var.services]

  module {
    source = "./modules/encryption_key"
  }

  variables {
    name        = "smartstack-test-data"
    description = "Data"
    services    = { "sns.amazonaws.com" = { actions = ["kms:Decrypt"], conditions = [] } }
  }
}
