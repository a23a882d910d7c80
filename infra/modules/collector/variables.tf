variable "prefix" {
  description = "What every name begins with, such as smartstack-prod."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,24}$", var.prefix))
    error_message = "3 to 25 lower-case letters, digits and hyphens."
  }
}

variable "region" {
  description = "Region of everything that is not global."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}-[a-z]+-[0-9]$", var.region))
    error_message = "A region such as eu-west-1."
  }
}

variable "vpc_id" {
  description = "VPC of the collector."
  type        = string

  validation {
    condition     = length(var.vpc_id) > 0
    error_message = "A VPC."
  }
}

variable "cluster_arn" {
  description = "Cluster to run in."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:ecs:", var.cluster_arn))
    error_message = "ARN of an ECS cluster."
  }
}

variable "namespace_arn" {
  description = "Service Connect namespace."
  type        = string

  validation {
    condition     = startswith(var.namespace_arn, "arn:")
    error_message = "An ARN."
  }
}

variable "subnet_ids" {
  description = "Subnets of the task."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 1
    error_message = "At least one subnet."
  }
}

variable "assign_public_ip" {
  description = "Give the task a public address: the way out without NAT."
  type        = bool
  default     = false

  validation {
    condition     = contains([true, false], var.assign_public_ip)
    error_message = "true or false."
  }
}

variable "service_security_group_ids" {
  description = "Security groups of the services that send to it, by service."
  type        = map(string)

  validation {
    condition     = length(var.service_security_group_ids) > 0
    error_message = "At least one."
  }
}

variable "config" {
  description = "The collector's configuration, YAML."
  type        = string

  validation {
    condition     = can(yamldecode(var.config))
    error_message = "YAML."
  }
}

variable "image" {
  description = "Image of the AWS Distro for OpenTelemetry, with its version."
  type        = string
  default     = "public.ecr.aws/aws-observability/aws-otel-collector:v0.47.0"

  validation {
    condition     = can(regex("(:v[0-9.]+|@sha256:[0-9a-f]{64})$", var.image))
    error_message = "An image with a version or a digest."
  }
}

variable "capacity_provider" {
  description = "FARGATE or FARGATE_SPOT: a lost collector costs traces of a minute, nothing else."
  type        = string
  default     = "FARGATE_SPOT"

  validation {
    condition     = contains(["FARGATE", "FARGATE_SPOT"], var.capacity_provider)
    error_message = "FARGATE or FARGATE_SPOT."
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

variable "permissions_boundary_arn" {
  description = "Boundary of every role that is made here."
  type        = string

  validation {
    condition     = startswith(var.permissions_boundary_arn, "arn:")
    error_message = "An ARN."
  }
}
