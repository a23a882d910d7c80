variable "environment" {
  type        = string
  description = "Names the environment, and with it everything in it: smartstack-<environment>-…."

  validation {
    condition     = contains(["test", "staging", "prod"], var.environment)
    error_message = "One of test, staging, prod."
  }
}

variable "account_id" {
  type        = string
  description = "The account; OpenTofu refuses to work in any other."

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "region" {
  type        = string
  description = "The AWS region of this environment."

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region is written like eu-west-1."
  }
}

variable "network" {
  type = object({
    cidr                = string
    zones               = list(string)
    nat                 = string
    interface_endpoints = optional(set(string), [])
  })
  description = "Addresses, zones, the way out (none, single, per_az) and AWS services reached inside the network."

  validation {
    condition     = contains(["none", "single", "per_az"], var.network.nat) && !(var.environment == "prod" && var.network.nat != "per_az")
    error_message = "One of none, single, per_az; production has one in each zone."
  }
}

variable "database" {
  type = object({
    instance_class = string
    storage_gb     = number
    max_storage_gb = number
    multi_az       = bool
    backup_days    = number
  })
  description = "Size of the database, whether it has a standby, how far back it can be restored."

  validation {
    condition     = var.environment != "prod" || (var.database.multi_az && var.database.backup_days >= 14)
    error_message = "Production has a standby in another zone and can be restored for 14 days at least."
  }
}

variable "services" {
  type = map(object({
    cpu                        = number
    memory                     = number
    min_tasks                  = number
    max_tasks                  = number
    on_demand_base             = number
    seconds_per_message        = number
    acceptable_latency_seconds = number
  }))
  description = "Sizes by service; which services there are, the topology says."

  validation {
    condition     = alltrue([for size in values(var.services) : size.min_tasks >= 1 && size.max_tasks >= size.min_tasks])
    error_message = "At least one task, and no fewer at most than at least."
  }
}

variable "image_registry" {
  type        = string
  description = "Where images are pulled from: the registry of the account of tools."

  validation {
    condition     = can(regex("^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com$", var.image_registry))
    error_message = "An ECR registry is wanted."
  }
}

variable "image_digests" {
  type        = map(string)
  description = "Digests by repository; a deploy passes those that it built and tested."
  default     = {}

  validation {
    condition     = alltrue([for digest in values(var.image_digests) : can(regex("^sha256:[0-9a-f]{64}$", digest))])
    error_message = "A digest is sha256: and 64 hexadecimal digits."
  }
}

variable "domain_name" {
  type        = string
  description = "The app's host name; empty: CloudFront's own."
  default     = ""

  validation {
    condition     = var.domain_name == "" || can(regex("^[a-z0-9.-]+[.][a-z]+$", var.domain_name))
    error_message = "A host name is wanted."
  }
}

variable "hosted_zone_id" {
  type        = string
  description = "The domain's zone in Route 53; empty: it is made here."
  default     = ""

  validation {
    condition     = var.hosted_zone_id == "" || can(regex("^Z[A-Z0-9]+$", var.hosted_zone_id))
    error_message = "A Route 53 zone id starts with Z."
  }
}

variable "api_gateway_enabled" {
  type        = bool
  description = "Add a public API to the app."
  default     = false
}

variable "models" {
  type = map(object({
    foundation_model = string
    regions          = list(string)
    price            = list(number)
  }))
  description = "Inference profiles that the proxy may call: the model behind, the regions it may be run in, USD per million input and output tokens."

  validation {
    condition     = length(var.models) > 0
    error_message = "At least one model."
  }
}

variable "model" {
  type        = string
  description = "The one that the ai service asks for."

  validation {
    condition     = contains(keys(var.models), var.model)
    error_message = "One of the allowed models."
  }
}

variable "engine" {
  type        = string
  description = "What reads messages: offline (rules, no cost) or bedrock (a model, offline when it fails)."
  default     = "offline"

  validation {
    condition     = contains(["offline", "bedrock"], var.engine)
    error_message = "One of offline, bedrock."
  }
}

variable "workspace_budget_usd" {
  type        = number
  description = "What one workspace may spend on models in a month."

  validation {
    condition     = var.workspace_budget_usd >= 0
    error_message = "A budget is not negative."
  }
}

variable "proxy_concurrency" {
  type        = number
  description = "The most calls to models at the same time, reserved from the account's quota. Null reserves nothing: a new account has a quota of 10, all of which AWS keeps unreserved."
  default     = null
  nullable    = true

  validation {
    condition     = var.proxy_concurrency == null || try(var.proxy_concurrency >= 1, false)
    error_message = "At least one, or null."
  }
}

variable "ai_token_public_keys" {
  type        = string
  description = "Public JWK set, as JSON, of the key in the secret ai-token-key."
  default     = "{\"keys\":[]}"

  validation {
    condition     = can(jsondecode(var.ai_token_public_keys).keys)
    error_message = "A JWK set is wanted."
  }
}

variable "monthly_budget_usd" {
  type        = number
  description = "Monthly cost of the environment above which people are notified."

  validation {
    condition     = var.monthly_budget_usd > 0
    error_message = "A budget is positive."
  }
}

variable "notification_emails" {
  type        = list(string)
  description = "Who hears of alarms and budgets; each address has to confirm the mail that AWS sends."

  validation {
    condition     = length(var.notification_emails) > 0 && alltrue([for address in var.notification_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "At least one mail address: an alarm needs a recipient."
  }
}

variable "operators" {
  type        = list(string)
  description = "ARN patterns of who may act as operator: look at dead letters, put them back, discard them."
  default     = ["arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_SmartStackOperator_*"]

  validation {
    condition     = length(var.operators) > 0
    error_message = "An operator has to answer for the dead letters."
  }
}

variable "rate_limit_per_5_minutes" {
  type        = number
  description = "Requests of one address within five minutes."
  default     = 3000

  validation {
    condition     = var.rate_limit_per_5_minutes >= 100
    error_message = "WAF counts from 100 up."
  }
}

variable "audit_lock_days" {
  type        = number
  description = "Days for which an audit record cannot be deleted."

  validation {
    condition     = var.audit_lock_days >= 1
    error_message = "At least a day."
  }
}

variable "log_retention_days" {
  type        = number
  description = "How long logs are kept, in days; one of the values CloudWatch knows."

  validation {
    condition     = contains([7, 14, 30, 60, 90, 180, 365, 400, 731], var.log_retention_days)
    error_message = "CloudWatch keeps logs for 7, 14, 30, 60, 90, 180, 365, 400 or 731 days here."
  }
}
