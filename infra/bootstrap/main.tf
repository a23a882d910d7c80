# Preparation by a person before the first deploy, once for each account: where state is kept, and what GitHub's
# workflows may do. No deploy can change anything in here.

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = local.tags
  }
}

locals {
  prefix = "smartstack-${var.environment}"

  tags = {
    Product     = "smartstack"
    Environment = var.environment
    ManagedBy   = "infra/bootstrap"
  }
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

module "github_oidc" {
  source = "../modules/github_oidc"
  count  = var.environment == "tools" ? 0 : 1

  prefix              = local.prefix
  account_id          = var.account_id
  region              = var.region
  environment         = var.environment
  repository          = var.repository
  provider_arn        = aws_iam_openid_connect_provider.github.arn
  state_bucket_arn    = aws_s3_bucket.state.arn
  state_key_arn       = module.state_key.arn
  registry_account_id = var.registry_account_id
  hosted_zone_id      = var.hosted_zone_id
}
