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

variable "account_id" {
  description = "The AWS account of this environment."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "cluster_name" {
  description = "ECS cluster."
  type        = string

  validation {
    condition     = length(var.cluster_name) > 0
    error_message = "A name."
  }
}

variable "services" {
  description = "Services by name: the ECS service of each, and how many tasks it needs."
  type        = map(object({ ecs_service_name = string, min_tasks = optional(number, 1) }))

  validation {
    condition     = length(var.services) > 0
    error_message = "At least one."
  }
}

variable "queues" {
  description = "Inboxes by their name in the topology, with the names that they and their dead-letter queues have here."
  type        = map(object({ name = string, dead_letter_name = string }))

  validation {
    condition     = length(var.queues) > 0
    error_message = "At least one."
  }
}

variable "database" {
  description = "The Postgres instance, the connections that it allows, and its disk in GiB."
  type        = object({ identifier = string, max_connections = number, storage_gb = number })

  validation {
    condition     = var.database.max_connections > 0 && var.database.storage_gb >= 20
    error_message = "Some connections, and at least 20 GiB."
  }
}

variable "load_balancer" {
  description = "The load balancer and the target groups of the gateway, as their metrics name them."
  type        = object({ arn_suffix = string, target_group_arn_suffixes = list(string) })

  validation {
    condition     = length(var.load_balancer.target_group_arn_suffixes) > 0
    error_message = "At least one target group."
  }
}

variable "proxy" {
  description = "The Bedrock proxy; null where there is none."
  type        = object({ function_name = string, reserved_concurrency = optional(number), dead_letter_queue_name = string })
  default     = null

  validation {
    condition     = var.proxy == null ? true : length(var.proxy.dead_letter_queue_name) > 0
    error_message = "With a dead-letter queue."
  }
}

variable "model_ids" {
  description = "Models whose throttling rings."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for id in var.model_ids : length(id) > 0])
    error_message = "Ids of models."
  }
}

variable "ai_daily_budget_usd" {
  description = "What the models may cost in a day."
  type        = number
  default     = 5

  validation {
    condition     = var.ai_daily_budget_usd > 0
    error_message = "More than 0."
  }
}

variable "notification_emails" {
  description = "Who gets the alarms by mail; each address has to confirm once."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.notification_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "Mail addresses."
  }
}

variable "thresholds" {
  description = "When alarms ring; the defaults follow from the promises (99.9 %, 99th percentile under 800 ms, event to screen within 5 s)."
  type = object({
    queue_age_seconds    = optional(number, 120)
    outbox_lag_seconds   = optional(number, 30)
    error_percent        = optional(number, 1)
    error_requests       = optional(number, 20)
    latency_seconds      = optional(number, 0.8)
    database_cpu_percent = optional(number, 80)
    proxy_errors         = optional(number, 5)
  })
  default = {}

  validation {
    condition     = alltrue([for value in values(var.thresholds) : value > 0])
    error_message = "All more than 0."
  }
}
