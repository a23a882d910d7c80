output "endpoint" {
  description = "Base URL that services send OTLP/HTTP to."
  value       = "http://collector:${local.port}"
}

output "service_name" {
  description = "Name of the ECS service."
  value       = aws_ecs_service.this.name
}

output "metrics_namespace" {
  description = "CloudWatch namespace of the services' metrics."
  value       = var.prefix
}
