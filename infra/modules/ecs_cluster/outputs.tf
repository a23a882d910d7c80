output "cluster_arn" {
  description = "ARN of the cluster."
  # Composed, so that a plan from nothing already shows the policies that name it.
  value = "arn:aws:ecs:${var.region}:${var.account_id}:cluster/${var.prefix}"
  # Services name capacity providers, which must be attached by then.
  depends_on = [aws_ecs_cluster_capacity_providers.this]
}

output "cluster_name" {
  description = "Name of the cluster: the prefix."
  value       = var.prefix
  depends_on  = [aws_ecs_cluster.this]
}

output "namespace_arn" {
  description = "Service Connect namespace."
  value       = aws_service_discovery_http_namespace.this.arn
}
