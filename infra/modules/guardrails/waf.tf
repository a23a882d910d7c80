# In front of CloudFront, so everything here lives in us-east-1.

locals {
  cloudfront_region = "us-east-1"

  # Message bodies are what people write to one another: a web page's source, a path, a script that does not work. What looks
  # like an attack there is counted, not blocked; bodies are data to the services, and their size is limited by the gateway.
  body_rules = ["CrossSiteScripting_BODY", "EC2MetaDataSSRF_BODY", "GenericLFI_BODY", "GenericRFI_BODY", "SizeRestrictions_BODY"]

  managed_rules = {
    AWSManagedRulesAmazonIpReputationList = { priority = 10, count = [] }
    AWSManagedRulesCommonRuleSet          = { priority = 20, count = local.body_rules }
    AWSManagedRulesKnownBadInputsRuleSet  = { priority = 30, count = [] }
  }
}

resource "aws_wafv2_web_acl" "this" {
  #checkov:skip=CKV_AWS_192:It has AWSManagedRulesKnownBadInputsRuleSet, in local.managed_rules, where the check does not look
  region      = local.cloudfront_region
  name        = var.prefix
  description = "In front of ${var.prefix}: known bad addresses and inputs, and how much one address may ask"
  scope       = "CLOUDFRONT"

  default_action {
    allow {}
  }

  # Guessing passwords is limited by the gateway, which knows what signing in is.
  rule {
    name     = "rate"
    priority = 0

    action {
      block {
        custom_response {
          response_code = 429
        }
      }
    }

    statement {
      rate_based_statement {
        limit                 = var.rate_limit_per_5_minutes
        aggregate_key_type    = "IP"
        evaluation_window_sec = 300
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.prefix}-rate"
      sampled_requests_enabled   = false
    }
  }

  dynamic "rule" {
    for_each = local.managed_rules

    content {
      name     = rule.key
      priority = rule.value.priority

      override_action {
        none {}
      }

      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.key

          dynamic "rule_action_override" {
            for_each = rule.value.count

            content {
              name = rule_action_override.value

              action_to_use {
                count {}
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.prefix}-${rule.key}"
        # Samples would hold what people wrote.
        sampled_requests_enabled = false
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.prefix
    sampled_requests_enabled   = false
  }
}

module "log_key" {
  source = "../encryption_key"

  name        = "${var.prefix}-waf-logs"
  description = "Log of requests that were turned away"
  account_id  = var.account_id
  region      = local.cloudfront_region

  services = {
    "logs.us-east-1.amazonaws.com" = {
      actions = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
      conditions = [{
        test     = "ArnEquals"
        variable = "kms:EncryptionContext:aws:logs:arn"
        values   = ["arn:aws:logs:us-east-1:${var.account_id}:log-group:aws-waf-logs-${var.prefix}"]
      }]
    }
  }
}

resource "aws_cloudwatch_log_group" "waf" {
  region            = local.cloudfront_region
  name              = "aws-waf-logs-${var.prefix}"
  kms_key_id        = module.log_key.arn
  retention_in_days = var.log_retention_days
}

resource "aws_wafv2_web_acl_logging_configuration" "this" {
  region                  = local.cloudfront_region
  resource_arn            = aws_wafv2_web_acl.this.arn
  log_destination_configs = [aws_cloudwatch_log_group.waf.arn]

  # Tokens are not for logs, and requests that were let through are in the access log.
  redacted_fields {
    single_header {
      name = "authorization"
    }
  }

  redacted_fields {
    single_header {
      name = "cookie"
    }
  }

  logging_filter {
    default_behavior = "DROP"

    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"

      condition {
        action_condition {
          action = "BLOCK"
        }
      }

      condition {
        action_condition {
          action = "COUNT"
        }
      }
    }
  }
}
