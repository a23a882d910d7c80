output "certificate_arn" {
  description = "Certificate for CloudFront (us-east-1), validated."
  value       = aws_acm_certificate_validation.edge.certificate_arn
}

output "regional_certificate_arn" {
  description = "Certificate for the load balancer, validated."
  value       = aws_acm_certificate_validation.regional.certificate_arn
}

output "zone_id" {
  description = "Zone that holds the records."
  value       = local.zone_id
}

output "name_servers" {
  description = "To be entered at the parent where the zone was made here."
  value       = var.zone_id == "" ? aws_route53_zone.this[0].name_servers : []
}
