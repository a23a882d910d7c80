output "function_name" {
  description = "The function's name."
  value       = local.name
  depends_on  = [aws_lambda_function.this]
}

output "function_arn" {
  description = "The function's ARN."
  value       = local.function_arn
  depends_on  = [aws_lambda_function.this]
}

output "url" {
  description = "Where the ai service calls it, signed by IAM."
  value       = aws_lambda_function_url.this.function_url
}

output "role_arn" {
  description = "The only role that may call a model."
  value       = "arn:aws:iam::${var.account_id}:role/${local.name}"
  depends_on  = [aws_iam_role.this]
}

output "invoke_policy_json" {
  description = "IAM policy for the ai service's role: call the proxy by its URL."
  value       = data.aws_iam_policy_document.invoke.json
}

output "kill_switch_parameter_name" {
  description = "The SSM parameter that stops every call when it says true."
  value       = "/${var.prefix}/bedrock-proxy/kill-switch"
  depends_on  = [aws_ssm_parameter.kill_switch]
}

output "dead_letter_queue_name" {
  description = "Where calls go that Lambda took and could not deliver."
  value       = "${local.name}-dlq"
  depends_on  = [aws_sqs_queue.dead_letter]
}

output "log_group_name" {
  description = "The function's log."
  value       = aws_cloudwatch_log_group.this.name
}
