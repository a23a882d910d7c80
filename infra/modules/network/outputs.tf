output "vpc_id" {
  description = "The network."
  value       = aws_vpc.main.id
}

output "vpc_cidr" {
  description = "The network's addresses."
  value       = aws_vpc.main.cidr_block
}

output "private_subnet_ids" {
  description = "Subnets of the load balancer, and of tasks where there is a NAT gateway."
  value       = [for subnet in aws_subnet.private : subnet.id]
}

output "public_subnet_ids" {
  description = "Subnets with a route to the internet."
  value       = [for subnet in aws_subnet.public : subnet.id]
}

output "database_subnet_ids" {
  description = "Subnets without any route out."
  value       = [for subnet in aws_subnet.database : subnet.id]
}

output "task_subnet_ids" {
  description = "Subnets for tasks: private with NAT, public without."
  value       = [for subnet in(var.nat == "none" ? aws_subnet.public : aws_subnet.private) : subnet.id]
}

output "assign_public_ip" {
  description = "Whether tasks need a public address of their own to reach AWS."
  value       = var.nat == "none"
}

output "security_group_ids" {
  description = "Security groups by name: alb, database and each service."
  value       = { for name, group in aws_security_group.this : name => group.id }
}
