output "web_acl_arn" {
  description = "The web ACL for CloudFront."
  value       = aws_wafv2_web_acl.this.arn
}

output "budget_name" {
  description = "The budget of the whole environment."
  value       = "${var.prefix}-all"
  depends_on  = [aws_budgets_budget.this]
}
