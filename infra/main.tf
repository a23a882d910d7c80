# SmartStack in one AWS account. Read from top to bottom: what holds data, what runs, what people reach, what watches.
# Topics, queues, buckets and tables come from contracts/topology.json, and so do the rights on them.

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = local.tags
  }
}

locals {
  prefix   = "smartstack-${var.environment}"
  topology = jsondecode(file("${path.module}/../contracts/topology.json"))
  services = toset([for topic in values(local.topology.topics) : topic.service])

  # Mistaken deletions in production are kept.
  protected = var.environment == "prod"

  permissions_boundary_arn = "arn:aws:iam::${var.account_id}:policy/github-${local.prefix}-boundary"

  tags = {
    Product     = "smartstack"
    Environment = var.environment
    ManagedBy   = "infra"
  }
}

module "network" {
  source = "./modules/network"

  prefix                   = local.prefix
  account_id               = var.account_id
  region                   = var.region
  cidr                     = var.network.cidr
  zones                    = var.network.zones
  nat                      = var.network.nat
  interface_endpoints      = var.network.interface_endpoints
  services                 = local.services
  logs_key_arn             = module.logs_key.arn
  log_retention_days       = var.log_retention_days
  permissions_boundary_arn = local.permissions_boundary_arn
}

module "database" {
  source = "./modules/database"

  prefix                   = local.prefix
  account_id               = var.account_id
  region                   = var.region
  services                 = local.services
  subnet_ids               = module.network.database_subnet_ids
  security_group_id        = module.network.security_group_ids["database"]
  instance_class           = var.database.instance_class
  storage_gb               = var.database.storage_gb
  max_storage_gb           = var.database.max_storage_gb
  multi_az                 = var.database.multi_az
  backup_days              = var.database.backup_days
  deletion_protection      = local.protected
  kms_key_arn              = module.data_key.arn
  logs_key_arn             = module.logs_key.arn
  log_retention_days       = var.log_retention_days
  permissions_boundary_arn = local.permissions_boundary_arn
}

module "messaging" {
  source = "./modules/messaging"

  prefix     = local.prefix
  account_id = var.account_id
  region     = var.region
  topology   = local.topology
}

module "storage" {
  source = "./modules/storage"

  prefix              = local.prefix
  account_id          = var.account_id
  region              = var.region
  topology            = local.topology
  kms_key_arn         = module.data_key.arn
  audit_lock_days     = var.audit_lock_days
  deletion_protection = local.protected
}

module "bedrock_proxy" {
  source = "./modules/bedrock_proxy"

  prefix                   = local.prefix
  account_id               = var.account_id
  region                   = var.region
  image                    = local.images["smartstack-bedrock-proxy"]
  invoker_role_arn         = module.services["ai"].task_role_arn
  models                   = var.models
  token_keys               = var.ai_token_public_keys
  max_tokens               = 4096
  workspace_budget_usd     = var.workspace_budget_usd
  reserved_concurrency     = var.proxy_concurrency
  kms_key_arn              = module.data_key.arn
  logs_key_arn             = module.logs_key.arn
  log_retention_days       = var.log_retention_days
  permissions_boundary_arn = local.permissions_boundary_arn

  prompt_log_bucket = {
    name = module.storage.bucket_names["prompt-logs"]
    arn  = module.storage.bucket_arns["prompt-logs"]
  }

  budget_table = {
    name = module.storage.table_names["ai-budgets"]
    arn  = module.storage.table_arns["ai-budgets"]
  }
}
