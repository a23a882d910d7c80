variable "prefix" {
  description = "What every name begins with, such as smartstack-prod."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,24}$", var.prefix))
    error_message = "3 to 25 lower-case letters, digits and hyphens: a target group's name has at most 32."
  }
}

variable "vpc_id" {
  description = "VPC of the load balancer."
  type        = string

  validation {
    condition     = length(var.vpc_id) > 0
    error_message = "A VPC."
  }
}

variable "subnet_ids" {
  description = "Private subnets."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "In two zones at least: a load balancer demands it."
  }
}

variable "security_group_id" {
  description = "Security group of the load balancer."
  type        = string

  validation {
    condition     = length(var.security_group_id) > 0
    error_message = "A security group."
  }
}

variable "certificate_arn" {
  description = "Certificate of the region for the app's domain; empty: HTTP, for an environment without a domain."
  type        = string
  default     = ""

  validation {
    condition     = var.certificate_arn == "" || startswith(var.certificate_arn, "arn:")
    error_message = "An ARN, or empty."
  }
}

variable "access_logs_bucket_id" {
  description = "Bucket that takes the access logs, under alb/."
  type        = string

  validation {
    condition     = length(var.access_logs_bucket_id) > 0
    error_message = "A bucket."
  }
}

variable "deletion_protection" {
  description = "Whether it has to be unlocked before it can be deleted."
  type        = bool

  validation {
    condition     = contains([true, false], var.deletion_protection)
    error_message = "true or false."
  }
}
