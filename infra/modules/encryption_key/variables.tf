variable "name" {
  type        = string
  description = "The key's alias, which names what it protects, like smartstack-test-messaging."

  validation {
    condition     = can(regex("^smartstack-[a-z0-9-]+$", var.name))
    error_message = "The alias starts with smartstack-<environment>-."
  }
}

variable "description" {
  type        = string
  description = "What the key protects, in a sentence."

  validation {
    condition     = length(var.description) > 0
    error_message = "Say what the key protects."
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
  description = "The key's region; null is the provider's. CloudFront's things live in us-east-1."
  default     = null

  validation {
    condition     = var.region == null || can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region is written like eu-west-1."
  }
}

variable "services" {
  type = map(object({
    actions    = list(string)
    conditions = list(object({ test = string, variable = string, values = list(string) }))
  }))
  description = "AWS services (by principal) that use the key by themselves, each with its actions and the conditions that bind it to this environment."
  default     = {}

  validation {
    condition     = alltrue([for grant in values(var.services) : length(grant.conditions) > 0])
    error_message = "A service may use the key under a condition only: else any account's resources could."
  }
}
