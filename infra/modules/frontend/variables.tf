variable "prefix" {
  description = "What every name begins with, such as smartstack-prod."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,24}$", var.prefix))
    error_message = "3 to 25 lower-case letters, digits and hyphens."
  }
}

variable "account_id" {
  description = "Account, part of the bucket's name."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "12 digits."
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

variable "web_acl_arn" {
  description = "Web ACL in front of everything (us-east-1, scope CLOUDFRONT)."
  type        = string

  validation {
    condition     = startswith(var.web_acl_arn, "arn:")
    error_message = "An ARN."
  }
}

variable "alb_arn" {
  description = "Internal load balancer that the VPC origin leads to."
  type        = string

  validation {
    condition     = startswith(var.alb_arn, "arn:")
    error_message = "An ARN."
  }
}

variable "alb_dns_name" {
  description = "Name of the load balancer."
  type        = string

  validation {
    condition     = length(var.alb_dns_name) > 0
    error_message = "A domain name."
  }
}

variable "alb_security_group_id" {
  description = "Security group of the load balancer; it gets a rule for CloudFront alone."
  type        = string

  validation {
    condition     = length(var.alb_security_group_id) > 0
    error_message = "A security group."
  }
}

variable "alb_https" {
  description = "Whether the load balancer speaks TLS."
  type        = bool

  validation {
    condition     = contains([true, false], var.alb_https)
    error_message = "true or false."
  }
}

variable "aliases" {
  description = "Domain names of the app."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for name in var.aliases : can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", name))])
    error_message = "Domain names."
  }
}

variable "certificate_arn" {
  description = "Certificate in us-east-1; empty: CloudFront's own name and certificate."
  type        = string
  default     = ""

  validation {
    condition     = var.certificate_arn == "" || startswith(var.certificate_arn, "arn:")
    error_message = "An ARN, or empty."
  }
}

variable "access_logs_bucket_id" {
  description = "Bucket that takes access logs."
  type        = string

  validation {
    condition     = length(var.access_logs_bucket_id) > 0
    error_message = "A bucket."
  }
}

variable "access_logs_bucket_arn" {
  description = "ARN of that bucket."
  type        = string

  validation {
    condition     = startswith(var.access_logs_bucket_arn, "arn:")
    error_message = "An ARN."
  }
}

variable "kms_key_arn" {
  description = "KMS key of the pages; its policy admits this account's distributions."
  type        = string

  validation {
    condition     = startswith(var.kms_key_arn, "arn:")
    error_message = "An ARN."
  }
}

variable "force_destroy" {
  description = "Whether the bucket may be deleted with what is in it."
  type        = bool
  default     = false

  validation {
    condition     = contains([true, false], var.force_destroy)
    error_message = "true or false."
  }
}

variable "price_class" {
  description = "Which of CloudFront's locations answer."
  type        = string
  default     = "PriceClass_100"

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "PriceClass_100, PriceClass_200 or PriceClass_All."
  }
}

variable "read_timeout_seconds" {
  description = "How long CloudFront waits for the gateway's next byte."
  type        = number
  default     = 60

  validation {
    condition     = var.read_timeout_seconds > 15 && var.read_timeout_seconds <= 120
    error_message = "More than the 15 s between heartbeats, at most 120."
  }
}
