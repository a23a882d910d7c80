# The four services: the same module, each with its own settings, secrets and rights.

locals {
  # Nothing has this digest: a plan without images works, an apply stops at it.
  no_digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000"

  images = {
    for name in concat([for service in local.services : "smartstack-${service}"], ["smartstack-bedrock-proxy"]) :
    name => "${var.image_registry}/${name}@${lookup(var.image_digests, name, local.no_digest)}"
  }

  database_host = "${module.database.address}:${module.database.port}/${module.database.name}"

  # Half of a canary's time there are twice as many gateways; three quarters leave room for that, migrations and people.
  most_tasks = sum([for size in values(var.services) : size.max_tasks])
  pool_size  = max(2, min(20, floor(module.database.max_connections * 0.75 / local.most_tasks)))

  common_environment = {
    SMARTSTACK_ROLE               = "all"
    SMARTSTACK_JWKS_URL           = "http://gateway:8000/.well-known/jwks.json"
    SMARTSTACK_DATABASE_IAM       = "true"
    SMARTSTACK_DATABASE_POOL_SIZE = tostring(local.pool_size)
    SMARTSTACK_OTLP_ENDPOINT      = module.collector.endpoint
  }

  # Signs in as the role that sees which events were published and handled, and nothing else.
  audit_environment = { SMARTSTACK_AUDIT_DATABASE_URL = "postgresql+asyncpg://auditor@${local.database_host}?ssl=require" }

  own_environment = {
    gateway = merge(
      local.audit_environment,
      { for service in setsubtract(local.services, ["gateway"]) : "SMARTSTACK_${upper(service)}_URL" => "http://${service}:8000" },
      {
        SMARTSTACK_PUBLIC_URL    = local.public_url
        SMARTSTACK_COOKIE_SECURE = "true"
        # CloudFront and the load balancer each append to X-Forwarded-For.
        SMARTSTACK_TRUSTED_PROXIES = "2"
      },
    )
    ai = {
      SMARTSTACK_ENGINE        = var.engine
      SMARTSTACK_BEDROCK_URL   = module.bedrock_proxy.url
      SMARTSTACK_BEDROCK_MODEL = var.model
      SMARTSTACK_BEDROCK_AUTH  = "iam"
    }
  }

  own_secrets = {
    gateway = {
      SMARTSTACK_JWT_KEYS  = aws_secretsmanager_secret.this["jwt-keys"].arn
      SMARTSTACK_SHARE_KEY = aws_secretsmanager_secret.this["share-key"].arn
    }
    ai = { SMARTSTACK_BEDROCK_TOKEN_KEY = aws_secretsmanager_secret.this["ai-token-key"].arn }
  }

  own_policies = {
    gateway = { audit = module.database.connect_policy_json["auditor"] }
    ai = { bedrock-proxy = module.bedrock_proxy.invoke_policy_json }
  }

  # Run by hand, once, before the first migration: it makes schemas and roles as the database's master.
  own_tasks = {
    gateway = {
      provision = {
        entry_point = ["python", "-m", "smartstack_chassis.database.provision"]
        command     = concat(["--iam"], sort(tolist(local.services)))
        environment = {
          PGHOST    = module.database.address
          PGPORT    = tostring(module.database.port)
          PGSSLMODE = "require"
        }
        secrets = {
          PGUSER     = "${module.database.master_secret_arn}:username::"
          PGPASSWORD = "${module.database.master_secret_arn}:password::"
        }
        policies = {}
      }
    }
  }
}

module "services" {
  source   = "./modules/ecs_service"
  for_each = local.services

  prefix                   = local.prefix
  region                   = var.region
  environment_name         = var.environment
  service                  = each.key
  cluster_arn              = module.ecs_cluster.cluster_arn
  cluster_name             = module.ecs_cluster.cluster_name
  namespace_arn            = module.ecs_cluster.namespace_arn
  image                    = local.images["smartstack-${each.key}"]
  cpu                      = var.services[each.key].cpu
  memory                   = var.services[each.key].memory
  min_tasks                = var.services[each.key].min_tasks
  max_tasks                = var.services[each.key].max_tasks
  on_demand_base           = var.services[each.key].on_demand_base
  subnet_ids               = module.network.task_subnet_ids
  security_group_id        = module.network.security_group_ids[each.key]
  assign_public_ip         = module.network.assign_public_ip
  secrets                  = lookup(local.own_secrets, each.key, {})
  secrets_key_arn          = module.data_key.arn
  queue_names              = [for queue in values(module.messaging.queues) : queue.name if queue.service == each.key]
  scale_on_cpu             = each.key == "gateway"
  rollback_alarm_names     = each.key == "gateway" ? module.observability.rollback_alarm_names : []
  logs_key_arn             = module.logs_key.arn
  log_retention_days       = var.log_retention_days
  permissions_boundary_arn = local.permissions_boundary_arn

  environment = merge(
    local.common_environment,
    { SMARTSTACK_DATABASE_URL = "postgresql+asyncpg://${each.key}_app@${local.database_host}?ssl=require" },
    lookup(local.own_environment, each.key, {}),
  )

  task_policies = merge(
    {
      messaging     = module.messaging.service_policy_json[each.key]
      messaging-key = module.messaging.encryption_policy_json
      database      = module.database.connect_policy_json["${each.key}_app"]
    },
    lookup(local.own_policies, each.key, {}),
  )

  one_off_tasks = merge(
    {
      migrate = {
        command     = ["migrate"]
        environment = { SMARTSTACK_MIGRATION_DATABASE_URL = "postgresql+asyncpg://${each.key}_migrator@${local.database_host}?ssl=require" }
        policies    = { database = module.database.connect_policy_json["${each.key}_migrator"] }
      }
      # Replays of this service's events to a queue, with the arguments of the person who starts it.
      replay = {
        command     = ["replay", "--help"]
        environment = local.audit_environment
        policies = {
          audit         = module.database.connect_policy_json["auditor"]
          database      = module.database.connect_policy_json["${each.key}_app"]
          inboxes       = data.aws_iam_policy_document.replay.json
          messaging-key = module.messaging.encryption_policy_json
        }
      }
    },
    lookup(local.own_tasks, each.key, {}),
  )

  backlog = {
    seconds_per_message        = var.services[each.key].seconds_per_message
    acceptable_latency_seconds = var.services[each.key].acceptable_latency_seconds
  }

  load_balancer = each.key != "gateway" ? null : {
    target_group_arn           = module.ingress.target_group_arn
    alternate_target_group_arn = module.ingress.alternate_target_group_arn
    production_rule_arn        = module.ingress.production_rule_arn
    test_rule_arn              = module.ingress.test_rule_arn
  }
}

module "ecs_cluster" {
  source = "./modules/ecs_cluster"

  prefix             = local.prefix
  account_id         = var.account_id
  region             = var.region
  logs_key_arn       = module.logs_key.arn
  log_retention_days = var.log_retention_days
}

module "collector" {
  source = "./modules/collector"

  prefix                     = local.prefix
  region                     = var.region
  vpc_id                     = module.network.vpc_id
  cluster_arn                = module.ecs_cluster.cluster_arn
  namespace_arn              = module.ecs_cluster.namespace_arn
  subnet_ids                 = module.network.task_subnet_ids
  assign_public_ip           = module.network.assign_public_ip
  service_security_group_ids = { for service in local.services : service => module.network.security_group_ids[service] }
  config                     = module.observability.collector_config
  logs_key_arn               = module.logs_key.arn
  log_retention_days         = var.log_retention_days
  permissions_boundary_arn   = local.permissions_boundary_arn
}

data "aws_iam_policy_document" "replay" {
  statement {
    sid       = "TellAgain"
    actions   = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"]
    resources = values(module.messaging.queue_arns)
  }
}
