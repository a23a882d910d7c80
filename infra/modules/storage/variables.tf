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

variable "topology" {
  type        = any
  description = "contracts/topology.json, decoded: topics, queues, subscriptions, buckets, tables."

  validation {
    condition     = var.topology.version == 1
    error_message = "Only version 1 of the topology is understood."
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

variable "audit_lock_days" {
  type        = number
  description = "Days for which audit records cannot be deleted or changed."

  validation {
    condition     = var.audit_lock_days >= 1 && var.audit_lock_days <= var.topology.buckets.audit.expire_days
    error_message = "At least a day, and not longer than the topology keeps an audit record."
  }
}

variable "access_log_days" {
  type        = number
  description = "How long access logs are kept, in days."
  default     = 90

  validation {
    condition     = var.access_log_days >= 1 && var.access_log_days <= 400
    error_message = "1 to 400 days."
  }
}

variable "deletion_protection" {
  type        = bool
  description = "Refuse to delete tables, and buckets that hold something."
}
