output "bucket_names" {
  description = "Full names by the topology's bucket names."
  value       = local.bucket_names
  depends_on  = [aws_s3_bucket.this]
}

output "bucket_arns" {
  description = "ARNs by the topology's bucket names."
  value       = local.bucket_arns
  depends_on  = [aws_s3_bucket.this]
}

output "table_names" {
  description = "Full names by the topology's table names."
  value       = { for name in keys(var.topology.tables) : name => "${var.prefix}-${name}" }
  depends_on  = [aws_dynamodb_table.this]
}

output "table_arns" {
  description = "ARNs by the topology's table names."
  value       = local.table_arns
  depends_on  = [aws_dynamodb_table.this]
}

output "access_logs_bucket_id" {
  description = "The bucket for access logs: alb/, cloudfront/ and s3/ inside it."
  value       = local.access_logs_name
  # AWS tests the right to deliver when delivery starts.
  depends_on = [aws_s3_bucket_policy.access_logs]
}

output "access_logs_bucket_arn" {
  description = "The ARN of the bucket for access logs."
  value       = local.access_logs_arn
  depends_on  = [aws_s3_bucket_policy.access_logs]
}

output "access_logs_bucket_domain_name" {
  description = "The host name of the bucket for access logs."
  value       = "${local.access_logs_name}.s3.${var.region}.amazonaws.com"
  depends_on  = [aws_s3_bucket_policy.access_logs]
}
