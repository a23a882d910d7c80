variable "prefix" {
  description = "What every name begins with, such as smartstack-prod."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,24}$", var.prefix))
    error_message = "3 to 25 lower-case letters, digits and hyphens."
  }
}

variable "vpc_id" {
  description = "VPC of the link."
  type        = string

  validation {
    condition     = length(var.vpc_id) > 0
    error_message = "A VPC."
  }
}

variable "subnet_ids" {
  description = "Private subnets of the link."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "In two zones at least."
  }
}

variable "alb_listener_arn" {
  description = "Listener that calls go to."
  type        = string

  validation {
    condition     = startswith(var.alb_listener_arn, "arn:")
    error_message = "An ARN."
  }
}

variable "alb_security_group_id" {
  description = "Security group of the load balancer; it gets a rule for the link."
  type        = string

  validation {
    condition     = length(var.alb_security_group_id) > 0
    error_message = "A security group."
  }
}

variable "alb_port" {
  description = "Port of the listener."
  type        = number
  default     = 443

  validation {
    condition     = contains([80, 443], var.alb_port)
    error_message = "80 or 443."
  }
}

variable "server_name" {
  description = "Name on the load balancer's certificate; empty where it speaks HTTP."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[a-z0-9.-]*$", var.server_name))
    error_message = "A domain name, or empty."
  }
}

variable "throttle" {
  description = "Calls a second of all callers together, and the burst."
  type        = object({ rate = number, burst = number })
  default     = { rate = 100, burst = 200 }

  validation {
    condition     = var.throttle.rate > 0 && var.throttle.burst >= var.throttle.rate
    error_message = "A rate over 0, and a burst of at least as many."
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
