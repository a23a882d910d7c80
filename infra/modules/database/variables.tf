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

variable "services" {
  type        = set(string)
  description = "The services, each with a schema and two roles of its own."

  validation {
    condition     = length(var.services) > 0
    error_message = "At least one service."
  }
}

variable "subnet_ids" {
  type        = list(string)
  description = "Subnets without a way out, in two zones at least."

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "RDS wants subnets in two zones."
  }
}

variable "security_group_id" {
  type        = string
  description = "Says who may connect."

  validation {
    condition     = length(var.security_group_id) > 0
    error_message = "A security group is wanted."
  }
}

variable "engine_version" {
  type        = string
  description = "PostgreSQL's major version; minor ones come by themselves."
  default     = "18"

  validation {
    condition     = can(regex("^[0-9]+$", var.engine_version)) && tonumber(var.engine_version) >= 18
    error_message = "PostgreSQL 18 or newer, major version alone."
  }
}

variable "instance_class" {
  type        = string
  description = "The size; one of those whose connections are known here."

  validation {
    condition     = contains(["db.t4g.micro", "db.t4g.small", "db.t4g.medium", "db.t4g.large", "db.m7g.large", "db.m7g.xlarge", "db.r7g.large", "db.r7g.xlarge", "db.r7g.2xlarge"], var.instance_class)
    error_message = "Add the class with its memory to local.memory_gb first."
  }
}

variable "storage_gb" {
  type        = number
  description = "Storage at the start, in GB."

  validation {
    condition     = var.storage_gb >= 20
    error_message = "gp3 starts at 20 GB."
  }
}

variable "max_storage_gb" {
  type        = number
  description = "How far storage may grow by itself, in GB."

  validation {
    condition     = var.max_storage_gb <= 16384
    error_message = "RDS ends at 16384 GB here."
  }
}

variable "multi_az" {
  type        = bool
  description = "A standby in another zone."
}

variable "deletion_protection" {
  type        = bool
  description = "Refuse to delete the database, and keep a last snapshot."
}

variable "backup_days" {
  type        = number
  description = "How far back the database can be restored to any second, in days."

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 35
    error_message = "1 to 35 days."
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
