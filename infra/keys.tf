# Keys by what they protect; messaging and the state have their own.

module "data_key" {
  source = "./modules/encryption_key"

  name        = "${local.prefix}-data"
  description = "Database, buckets, tables and secrets"
  account_id  = var.account_id

  services = {
    # CloudFront reads the web app's files for this account's distributions.
    "cloudfront.amazonaws.com" = {
      actions = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
      conditions = [
        { test = "ArnLike", variable = "aws:SourceArn", values = ["arn:aws:cloudfront::${var.account_id}:distribution/*"] },
      ]
    }
  }
}

module "logs_key" {
  source = "./modules/encryption_key"

  name        = "${local.prefix}-logs"
  description = "Log groups"
  account_id  = var.account_id

  services = {
    "logs.${var.region}.amazonaws.com" = {
      actions = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
      conditions = [{
        test     = "ArnLike"
        variable = "kms:EncryptionContext:aws:logs:arn"
        values   = ["arn:aws:logs:${var.region}:${var.account_id}:log-group:*${local.prefix}*"]
      }]
    }
  }
}

# Signing keys. What they hold is put in by hand (infra/README.md, first deploy), so it is in no state and no plan.
resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV2_AWS_57:Signing keys are rotated by adding a key and waiting for old tokens to expire, which a person starts
  for_each = {
    jwt-keys     = "Private JWK set: the gateway signs access tokens with the first key"
    share-key    = "32 random bytes, base64url: the gateway derives the tokens of share links with it"
    ai-token-key = "Private JWK: the ai service signs workspace tokens for the proxy"
  }

  name        = "${local.prefix}/${each.key}"
  description = each.value
  kms_key_id  = module.data_key.arn
}
