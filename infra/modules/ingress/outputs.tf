output "alb_arn" {
  description = "ARN of the load balancer."
  value       = aws_lb.this.arn
}

output "alb_arn_suffix" {
  description = "What its metrics are filed under."
  value       = aws_lb.this.arn_suffix
}

output "alb_dns_name" {
  description = "Name of the load balancer inside the VPC."
  value       = aws_lb.this.dns_name
}

output "listener_arn" {
  description = "The one listener."
  value       = aws_lb_listener.this.arn
}

output "port" {
  description = "Port of the listener."
  value       = local.https ? 443 : 80
}

output "https" {
  description = "Whether the listener speaks TLS."
  value       = local.https
}

output "production_rule_arn" {
  description = "Rule that takes what users send."
  value       = aws_lb_listener_rule.production.arn
}

output "test_rule_arn" {
  description = "Rule that takes what smoke tests send."
  value       = aws_lb_listener_rule.test.arn
}

output "target_group_arn" {
  description = "Target group that is used first."
  value       = aws_lb_target_group.gateway["a"].arn
}

output "alternate_target_group_arn" {
  description = "The other target group."
  value       = aws_lb_target_group.gateway["b"].arn
}

output "target_group_arn_suffixes" {
  description = "What the metrics of both are filed under."
  value       = [for group in aws_lb_target_group.gateway : group.arn_suffix]
}
