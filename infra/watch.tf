# Monitoring: alarms with their runbooks, a dashboard, budgets, the firewall.

module "observability" {
  source = "./modules/observability"

  prefix              = local.prefix
  account_id          = var.account_id
  region              = var.region
  cluster_name        = local.prefix
  notification_emails = var.notification_emails
  ai_daily_budget_usd = var.monthly_budget_usd / 30
  model_ids           = keys(var.models)

  services = {
    for service in local.services : service => {
      ecs_service_name = "${local.prefix}-${service}"
      min_tasks        = var.services[service].min_tasks
    }
  }

  queues = { for name, queue in module.messaging.queues : name => { name = queue.name, dead_letter_name = queue.dead_letter_name } }

  database = {
    identifier      = module.database.identifier
    max_connections = module.database.max_connections
    storage_gb      = var.database.storage_gb
  }

  load_balancer = {
    arn_suffix                = module.ingress.alb_arn_suffix
    target_group_arn_suffixes = module.ingress.target_group_arn_suffixes
  }

  proxy = {
    function_name          = module.bedrock_proxy.function_name
    reserved_concurrency   = var.proxy_concurrency
    dead_letter_queue_name = module.bedrock_proxy.dead_letter_queue_name
  }
}

module "guardrails" {
  source = "./modules/guardrails"

  prefix                   = local.prefix
  account_id               = var.account_id
  monthly_budget_usd       = var.monthly_budget_usd
  ai_monthly_budget_usd    = max(1, var.monthly_budget_usd / 2)
  notification_topic_arn   = module.observability.alarm_topic_arn
  notification_emails      = var.notification_emails
  rate_limit_per_5_minutes = var.rate_limit_per_5_minutes
  log_retention_days       = var.log_retention_days
}
