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

variable "monthly_budget_usd" {
  type        = number
  description = "What the environment may cost a month."

  validation {
    condition     = var.monthly_budget_usd > 0
    error_message = "A budget is positive."
  }
}

variable "ai_monthly_budget_usd" {
  type        = number
  description = "What models may cost a month, all workspaces together."

  validation {
    condition     = var.ai_monthly_budget_usd > 0
    error_message = "A budget is positive."
  }
}

variable "notification_topic_arn" {
  type        = string
  description = "The alarm topic."

  validation {
    condition     = startswith(var.notification_topic_arn, "arn:aws:sns:")
    error_message = "Must be the ARN of a topic."
  }
}

variable "notification_emails" {
  type        = list(string)
  description = "Addresses that are notified by mail as well."
  default     = []

  validation {
    condition     = alltrue([for address in var.notification_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "Mail addresses are wanted."
  }
}

variable "rate_limit_per_5_minutes" {
  type        = number
  description = "Requests of one address within five minutes, before it is turned away."

  validation {
    condition     = var.rate_limit_per_5_minutes >= 100
    error_message = "WAF counts from 100 up."
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
