variable "prefix" {
  description = "What every name begins with, such as smartstack-prod."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,24}$", var.prefix))
    error_message = "3 to 25 lower-case letters, digits and hyphens."
  }
}

variable "account_id" {
  description = "The AWS account of this environment; ARNs are composed from it."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "region" {
  description = "Region of the cluster."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}-[a-z]+-[0-9]$", var.region))
    error_message = "A region such as eu-west-1."
  }
}

variable "logs_key_arn" {
  description = "KMS key of the log groups."
  type        = string

  validation {
    condition     = startswith(var.logs_key_arn, "arn:")
    error_message = "An ARN."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept; one of the numbers that CloudWatch offers."
  type        = number

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400], var.log_retention_days)
    error_message = "One of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400."
  }
}
