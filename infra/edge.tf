# The public entry: CloudFront in front of the web app's files and, inside the network, of the gateway.

module "ingress" {
  source = "./modules/ingress"

  prefix                = local.prefix
  vpc_id                = module.network.vpc_id
  subnet_ids            = module.network.private_subnet_ids
  security_group_id     = module.network.security_group_ids["alb"]
  certificate_arn       = local.has_domain ? module.dns[0].regional_certificate_arn : ""
  access_logs_bucket_id = module.storage.access_logs_bucket_id
  deletion_protection   = local.protected
}

module "frontend" {
  source = "./modules/frontend"

  prefix                 = local.prefix
  account_id             = var.account_id
  vpc_id                 = module.network.vpc_id
  web_acl_arn            = module.guardrails.web_acl_arn
  alb_arn                = module.ingress.alb_arn
  alb_dns_name           = module.ingress.alb_dns_name
  alb_security_group_id  = module.network.security_group_ids["alb"]
  alb_https              = module.ingress.https
  aliases                = compact([var.domain_name])
  certificate_arn        = local.has_domain ? module.dns[0].certificate_arn : ""
  access_logs_bucket_id  = module.storage.access_logs_bucket_id
  access_logs_bucket_arn = module.storage.access_logs_bucket_arn
  kms_key_arn            = module.data_key.arn
  force_destroy          = !local.protected
}

module "dns" {
  source = "./modules/dns"
  count  = local.has_domain ? 1 : 0

  prefix                   = local.prefix
  domain_name              = var.domain_name
  zone_id                  = var.hosted_zone_id
  distribution_domain_name = module.frontend.domain_name
  distribution_zone_id     = module.frontend.hosted_zone_id
}

module "api_gateway" {
  source = "./modules/api_gateway"
  count  = var.api_gateway_enabled ? 1 : 0

  prefix                = local.prefix
  vpc_id                = module.network.vpc_id
  subnet_ids            = module.network.private_subnet_ids
  alb_listener_arn      = module.ingress.listener_arn
  alb_security_group_id = module.network.security_group_ids["alb"]
  alb_port              = module.ingress.port
  server_name           = var.domain_name
  logs_key_arn          = module.logs_key.arn
  log_retention_days    = var.log_retention_days
}

locals {
  has_domain = var.domain_name != ""
  public_url = "https://${local.has_domain ? var.domain_name : module.frontend.domain_name}"
}
