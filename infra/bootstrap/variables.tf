variable "environment" {
  type        = string
  description = "The environment that this account is for; tools holds the images that all of them run."

  validation {
    condition     = contains(["test", "staging", "prod", "tools"], var.environment)
    error_message = "One of test, staging, prod, tools."
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

variable "repository" {
  type        = string
  description = "The repository as it stands in GitHub's subject claims: owner/name, or owner@<id>/name@<id> for repositories made after 15 July 2026."

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9_.-]+$|^[A-Za-z0-9-]+@[0-9]+/[A-Za-z0-9_.-]+@[0-9]+$", var.repository))
    error_message = "Written owner/name or owner@<id>/name@<id>; .github/scripts/github_settings.py subject prints which."
  }
}

variable "registry_account_id" {
  type        = string
  description = "The account whose ECR holds the images: the one of tools."

  validation {
    condition     = can(regex("^[0-9]{12}$", var.registry_account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "registry_readers" {
  type        = list(string)
  description = "The accounts that run the images; only tools names any."
  default     = []

  validation {
    condition     = alltrue([for id in var.registry_readers : can(regex("^[0-9]{12}$", id))])
    error_message = "An account id has twelve digits."
  }
}

variable "hosted_zone_id" {
  type        = string
  description = "The DNS zone that deploys may write to; empty: they make their own, in this account."
  default     = ""

  validation {
    condition     = var.hosted_zone_id == "" || can(regex("^Z[A-Z0-9]+$", var.hosted_zone_id))
    error_message = "A Route 53 zone id starts with Z."
  }
}
