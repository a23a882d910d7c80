output "state_bucket" {
  description = "The bucket that stands in environments/<environment>.backend.hcl."
  value       = aws_s3_bucket.state.id
}

output "deploy_role_arn" {
  description = "Variable DEPLOY_ROLE_ARN of the GitHub environment; null for tools."
  value       = one(module.github_oidc[*].deploy_role_arn)
}

output "plan_role_arn" {
  description = "Variable PLAN_ROLE_ARN of the repository, from the account of test; null for tools."
  value       = one(module.github_oidc[*].plan_role_arn)
}

output "build_role_arn" {
  description = "Variable BUILD_ROLE_ARN of the repository, from the account of tools; null elsewhere."
  value       = one(aws_iam_role.build[*].arn)
}

output "repository_urls" {
  description = "Where images are pushed, by repository; empty outside of tools."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.repository_url }
}

output "registry" {
  description = "Variable REGISTRY of the repository, from the account of tools: the host that images are pushed to."
  value       = "${var.registry_account_id}.dkr.ecr.${var.region}.amazonaws.com"
}

output "region" {
  description = "Variable AWS_REGION of the repository."
  value       = var.region
}
