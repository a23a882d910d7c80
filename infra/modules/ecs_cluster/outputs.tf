output "cluster_arn" {
  description = "ARN of the cluster."
  value       = aws_ecs_cluster.this.arn
  # Services name capacity providers, which must be attached by then.
  depends_on = [aws_ecs_cluster_capacity_providers.this]
}

output "cluster_name" {
  description = "Name of the cluster: the prefix."
  value       = aws_ecs_cluster.this.name
}

output "namespace_arn" {
  description = "Service Connect namespace."
  value       = aws_service_discovery_http_namespace.this.arn
}
