output "deploy_role_arn" {
  description = "The role of deploys, from the GitHub environment of the same name alone."
  value       = aws_iam_role.deploy.arn
}

output "plan_role_arn" {
  description = "The role of pull requests: reads configuration, no data."
  value       = aws_iam_role.plan.arn
}

output "boundary_arn" {
  description = "The boundary that every role made by a deploy has."
  value       = aws_iam_policy.boundary.arn
}
