output "service_name" {
  description = "Name of the ECS service."
  value       = aws_ecs_service.this.name
}

output "task_role_arn" {
  description = "Role of the running service."
  value       = "arn:${local.partition}:iam::${local.account_id}:role/${local.name}"
  depends_on  = [aws_iam_role.task]
}

output "task_role_name" {
  description = "Name of the role of the running service."
  value       = aws_iam_role.task["serve"].name
}

output "execution_role_arn" {
  description = "Role with which ECS starts the service."
  value       = aws_iam_role.execution["serve"].arn
}

output "log_group_name" {
  description = "Log group of the service and of what is run once from its image."
  value       = aws_cloudwatch_log_group.this.name
}

output "task_definition_arn" {
  description = "Revision that the service runs."
  value       = aws_ecs_task_definition.this["serve"].arn
}

output "one_off_task_definition_arns" {
  description = "What can be run once, by label."
  value       = { for label in keys(var.one_off_tasks) : label => aws_ecs_task_definition.this[label].arn }
}
