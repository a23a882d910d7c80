output "identifier" {
  description = "The instance's name."
  value       = var.prefix
  depends_on  = [aws_db_instance.main]
}

output "arn" {
  description = "The instance's ARN."
  value       = aws_db_instance.main.arn
}

output "resource_id" {
  description = "The id that IAM authentication names the instance by."
  value       = aws_db_instance.main.resource_id
}

output "address" {
  description = "The host name to connect to."
  value       = aws_db_instance.main.address
}

output "port" {
  description = "The port to connect to."
  value       = 5432
}

output "name" {
  description = "The database's name."
  value       = local.name
}

output "master_secret_arn" {
  description = "The secret that RDS keeps the master's name and password in."
  # RDS names it when it makes it; where none is made (tests) the place holds what its name begins with.
  value = coalesce(one(aws_db_instance.main.master_user_secret[*].secret_arn), "arn:aws:secretsmanager:${var.region}:${var.account_id}:secret:rds!db")
}

output "max_connections" {
  description = "How many connections the instance takes, by RDS's default for its memory."
  value       = local.max_connections
}

output "connect_policy_json" {
  description = "IAM policies by database role (<service>_app, <service>_migrator): sign in as that role alone."
  value       = { for user, document in data.aws_iam_policy_document.connect : user => document.json }
}
