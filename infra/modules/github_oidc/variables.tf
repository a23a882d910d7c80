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

variable "environment" {
  type        = string
  description = "The environment whose GitHub environment of the same name may deploy."

  validation {
    condition     = contains(["test", "staging", "prod"], var.environment)
    error_message = "One of test, staging, prod."
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

variable "provider_arn" {
  type        = string
  description = "GitHub's OIDC provider in this account."

  validation {
    condition     = startswith(var.provider_arn, "arn:aws:iam::")
    error_message = "Must be the ARN of an OIDC provider."
  }
}

variable "state_bucket_arn" {
  type        = string
  description = "Where this environment's state is kept."

  validation {
    condition     = startswith(var.state_bucket_arn, "arn:aws:s3:::")
    error_message = "Must be the ARN of a bucket."
  }
}

variable "state_key_arn" {
  type        = string
  description = "Encrypts the state."

  validation {
    condition     = startswith(var.state_key_arn, "arn:aws:kms:")
    error_message = "Must be the ARN of a KMS key."
  }
}

variable "registry_account_id" {
  type        = string
  description = "The account whose ECR holds the images."

  validation {
    condition     = can(regex("^[0-9]{12}$", var.registry_account_id))
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
