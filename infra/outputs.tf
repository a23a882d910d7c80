output "url" {
  description = "Where the app is."
  value       = local.public_url
}

output "cluster_name" {
  description = "The ECS cluster: migrations are run in it."
  value       = module.ecs_cluster.cluster_name
}

output "one_off_tasks" {
  description = "What is run once, by service and label: migrate, provision. ARNs of task definitions."
  value       = { for service, outputs in module.services : service => outputs.one_off_task_definition_arns }
}

output "one_off_network" {
  description = "Where a task that is run once belongs: subnets, whether it needs a public address, security groups by service."
  value = {
    subnet_ids         = module.network.task_subnet_ids
    assign_public_ip   = module.network.assign_public_ip ? "ENABLED" : "DISABLED"
    security_group_ids = { for service in local.services : service => module.network.security_group_ids[service] }
  }
}

output "ecs_services" {
  description = "Names of the ECS services."
  value       = { for service, outputs in module.services : service => outputs.service_name }
}

output "web_bucket_name" {
  description = "Where the web app's files go."
  value       = module.frontend.web_bucket_name
}

output "distribution_id" {
  description = "The CloudFront distribution to invalidate for new files."
  value       = module.frontend.distribution_id
}

output "kill_switch_parameter_name" {
  description = "The SSM parameter that stops every call to a model."
  value       = module.bedrock_proxy.kill_switch_parameter_name
}

output "dashboard_name" {
  description = "The CloudWatch dashboard."
  value       = module.observability.dashboard_name
}
