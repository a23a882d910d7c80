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

variable "cidr" {
  type        = string
  description = "The network's addresses; a /16 leaves room for every subnet."

  validation {
    condition     = can(cidrnetmask(var.cidr)) && endswith(var.cidr, "/16")
    error_message = "A /16 in CIDR notation is wanted."
  }
}

variable "zones" {
  type        = list(string)
  description = "The availability zones, two or three. Written down rather than looked up, so that a plan needs no account."

  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 3
    error_message = "Two or three zones are wanted."
  }
}

variable "nat" {
  type        = string
  description = "How tasks reach AWS: none (public addresses of their own, nothing may come in), single (one NAT gateway), per_az (one in each zone)."

  validation {
    condition     = contains(["none", "single", "per_az"], var.nat)
    error_message = "One of none, single, per_az."
  }
}

variable "interface_endpoints" {
  type        = set(string)
  description = "AWS services reached inside the network, each at a price per zone and hour; S3 and DynamoDB are there anyway, free."
  default     = []

  validation {
    condition     = alltrue([for name in var.interface_endpoints : can(regex("^[a-z0-9.-]+$", name))])
    error_message = "Names as in com.amazonaws.<region>.<name>."
  }
}

variable "services" {
  type        = set(string)
  description = "The services that run as tasks."

  validation {
    condition     = contains(var.services, "gateway")
    error_message = "The gateway is where requests enter: it must be among the services."
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
