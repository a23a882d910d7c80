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

variable "environment_name" {
  description = "Name of the environment, as it stands on traces and logs."
  type        = string

  validation {
    condition     = contains(["test", "staging", "prod"], var.environment_name)
    error_message = "test, staging or prod."
  }
}

variable "service" {
  description = "Name of the service; the others reach it at http://<service>:8000."
  type        = string

  validation {
    condition     = contains(["ai", "comms", "gateway", "tasks"], var.service)
    error_message = "ai, comms, gateway or tasks."
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

variable "cluster_name" {
  description = "Name of the cluster."
  type        = string

  validation {
    condition     = length(var.cluster_name) > 0
    error_message = "A name."
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

variable "image" {
  description = "Image in ECR, by digest: what was tested is what runs."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com/[^@:]+@sha256:[0-9a-f]{64}$", var.image))
    error_message = "<account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<digest>."
  }
}

variable "cpu" {
  description = "CPU units of a task; 1024 are one processor."
  type        = number

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096], var.cpu)
    error_message = "256, 512, 1024, 2048 or 4096."
  }
}

variable "memory" {
  description = "Memory of a task in MiB."
  type        = number

  validation {
    condition     = var.memory >= 512 && var.memory <= 30720
    error_message = "512 to 30720."
  }
}

variable "min_tasks" {
  description = "How many tasks run at least."
  type        = number

  validation {
    condition     = var.min_tasks >= 1
    error_message = "At least 1: the outbox needs a relay."
  }
}

variable "max_tasks" {
  description = "How many tasks run at most."
  type        = number

  validation {
    condition     = var.max_tasks >= 1 && var.max_tasks <= 200
    error_message = "1 to 200."
  }
}

variable "on_demand_base" {
  description = "How many of the tasks run on demand; all others on Spot."
  type        = number

  validation {
    condition     = var.on_demand_base >= 0
    error_message = "0 or more."
  }
}

variable "subnet_ids" {
  description = "Subnets of the tasks."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "In two zones at least."
  }
}

variable "security_group_id" {
  description = "Security group of the tasks."
  type        = string

  validation {
    condition     = length(var.security_group_id) > 0
    error_message = "A security group."
  }
}

variable "assign_public_ip" {
  description = "Give tasks a public address: the way out without NAT."
  type        = bool
  default     = false

  validation {
    condition     = contains([true, false], var.assign_public_ip)
    error_message = "true or false."
  }
}

variable "environment" {
  description = "Settings of the service in addition to the common ones."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for key in keys(var.environment) : can(regex("^[A-Z][A-Z0-9_]*$", key))])
    error_message = "Names of environment variables."
  }
}

variable "secrets" {
  description = "Settings whose values are secrets: variable to ARN in Secrets Manager (a key inside it as ARN:key::) or of an SSM parameter."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for arn in values(var.secrets) : startswith(arn, "arn:")])
    error_message = "ARNs."
  }
}

variable "secrets_key_arn" {
  description = "KMS key of the secrets."
  type        = string

  validation {
    condition     = startswith(var.secrets_key_arn, "arn:")
    error_message = "An ARN."
  }
}

variable "task_policies" {
  description = "Policies of the running service, by label."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for policy in values(var.task_policies) : can(jsondecode(policy))])
    error_message = "Policies as JSON."
  }
}

variable "one_off_tasks" {
  description = "What is run once from the same image, such as migrations; each has its own role."
  type = map(object({
    command     = list(string)
    entry_point = optional(list(string))
    environment = optional(map(string), {})
    secrets     = optional(map(string), {})
    policies    = optional(map(string), {})
  }))
  default = {}

  validation {
    condition     = alltrue([for label in keys(var.one_off_tasks) : can(regex("^[a-z][a-z-]*$", label)) && label != "serve"])
    error_message = "Labels of lower-case letters and hyphens, other than serve."
  }
}

variable "queue_names" {
  description = "Queues whose backlog decides how many tasks run; empty for none."
  type        = list(string)

  validation {
    condition     = alltrue([for name in var.queue_names : length(name) <= 80])
    error_message = "Names of queues."
  }
}

variable "backlog" {
  description = "How long one message takes a task (all its handlers together), and how long one may wait."
  type        = object({ seconds_per_message = number, acceptable_latency_seconds = number })

  validation {
    condition     = var.backlog.seconds_per_message > 0 && var.backlog.acceptable_latency_seconds > 0
    error_message = "Both more than 0."
  }
}

variable "scale_on_cpu" {
  description = "Whether processors decide too."
  type        = bool
  default     = false

  validation {
    condition     = contains([true, false], var.scale_on_cpu)
    error_message = "true or false."
  }
}

variable "load_balancer" {
  description = "Set for the service that the load balancer leads to: it is deployed as a canary. Null: rolling."
  type = object({
    target_group_arn           = string
    alternate_target_group_arn = string
    production_rule_arn        = string
    test_rule_arn              = string
  })
  default = null

  validation {
    condition     = var.load_balancer == null ? true : alltrue([for arn in values(var.load_balancer) : startswith(arn, "arn:")])
    error_message = "ARNs."
  }
}

variable "canary" {
  description = "Share of the traffic that a new revision gets first, and for how long; then all of it for as long again before the old one goes."
  type        = object({ percent = number, bake_minutes = number })
  default     = { percent = 10, bake_minutes = 5 }

  validation {
    condition     = var.canary.percent > 0 && var.canary.percent < 100 && var.canary.bake_minutes >= 1
    error_message = "A percentage, and a minute or more."
  }
}

variable "rollback_alarm_names" {
  description = "Alarms that roll a deployment back."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for name in var.rollback_alarm_names : length(name) > 0])
    error_message = "Names of alarms."
  }
}

variable "wait_for_steady_state" {
  description = "Whether an apply ends only when the deployment has."
  type        = bool
  default     = true

  validation {
    condition     = contains([true, false], var.wait_for_steady_state)
    error_message = "true or false."
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
