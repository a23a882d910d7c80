variable "prefix" {
  type        = string
  description = "Starts the name of everything here: smartstack-<environment>."

  validation {
    condition     = can(regex("^smartstack-[a-z]+$", var.prefix))
    error_message = "The prefix is smartstack-<environment>."
  }
}

variable "account_id" {
  type        = string
  description = "The AWS account of this environment; ARNs in policies are composed from it."

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

variable "image" {
  type        = string
  description = "The container image, by digest."

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "An image is named by its digest: repository@sha256:…."
  }
}

variable "invoker_role_arn" {
  type        = string
  description = "The only role that may call the proxy: the ai service's."

  validation {
    condition     = startswith(var.invoker_role_arn, "arn:aws:iam::")
    error_message = "Must be the ARN of an IAM role."
  }
}

variable "models" {
  type = map(object({
    foundation_model = string
    regions          = list(string)
    price            = list(number)
  }))
  description = "Allowed inference profiles by id: the foundation model behind, the regions it may be run in, USD per million input and output tokens."

  validation {
    condition     = alltrue([for model in values(var.models) : length(model.price) == 2 && length(model.regions) > 0])
    error_message = "A model needs a price for input and output and a region at least."
  }
}

variable "token_keys" {
  type        = string
  description = "Public JWK set, as JSON, of the ai service: workspace tokens are verified with it."

  validation {
    condition     = can(jsondecode(var.token_keys).keys) && !strcontains(var.token_keys, "\"d\"")
    error_message = "A JWK set of public keys: private ones do not belong here."
  }
}

variable "max_tokens" {
  type        = number
  description = "The most tokens that one answer may have."

  validation {
    condition     = var.max_tokens >= 1 && var.max_tokens <= 32000
    error_message = "1 to 32000."
  }
}

variable "workspace_budget_usd" {
  type        = number
  description = "What one workspace may spend in a month."

  validation {
    condition     = var.workspace_budget_usd >= 0
    error_message = "A budget is not negative."
  }
}

variable "prompt_log_bucket" {
  type        = object({ name = string, arn = string })
  description = "Where masked prompts and answers are kept."

  validation {
    condition     = startswith(var.prompt_log_bucket.arn, "arn:aws:s3:::")
    error_message = "Must be a bucket."
  }
}

variable "budget_table" {
  type        = object({ name = string, arn = string })
  description = "Where budgets are counted."

  validation {
    condition     = startswith(var.budget_table.arn, "arn:aws:dynamodb:")
    error_message = "Must be a table."
  }
}

variable "reserved_concurrency" {
  type        = number
  description = "The most calls at the same time; null reserves none of the account's quota."
  nullable    = true

  validation {
    condition     = var.reserved_concurrency == null || try(var.reserved_concurrency >= 1, false)
    error_message = "At least one, else nothing runs; or null."
  }
}

variable "kms_key_arn" {
  type        = string
  description = "Encrypts the data at rest."

  validation {
    condition     = startswith(var.kms_key_arn, "arn:")
    error_message = "Must be the ARN of a KMS key."
  }
}

variable "logs_key_arn" {
  type        = string
  description = "Encrypts the log groups."

  validation {
    condition     = startswith(var.logs_key_arn, "arn:")
    error_message = "Must be the ARN of a KMS key."
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

variable "permissions_boundary_arn" {
  type        = string
  description = "The boundary without which a deploy may not create a role."

  validation {
    condition     = startswith(var.permissions_boundary_arn, "arn:aws:iam::")
    error_message = "Must be the ARN of an IAM policy."
  }
}
