variable "prefix" {
  description = "What every name begins with, such as smartstack-prod."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,24}$", var.prefix))
    error_message = "3 to 25 lower-case letters, digits and hyphens."
  }
}

variable "domain_name" {
  description = "Name of the app, such as app.example.com."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.domain_name))
    error_message = "A domain name."
  }
}

variable "zone_id" {
  description = "Hosted zone that holds the name; empty: one is made for it."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[A-Z0-9]*$", var.zone_id))
    error_message = "Id of a hosted zone, or empty."
  }
}

variable "distribution_domain_name" {
  description = "Where the name leads: CloudFront's own name."
  type        = string

  validation {
    condition     = length(var.distribution_domain_name) > 0
    error_message = "A domain name."
  }
}

variable "distribution_zone_id" {
  description = "CloudFront's hosted zone."
  type        = string

  validation {
    condition     = length(var.distribution_zone_id) > 0
    error_message = "Id of a hosted zone."
  }
}
