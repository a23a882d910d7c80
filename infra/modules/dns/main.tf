# The app's domain: its zone (made here unless there is one), two certificates, the records that lead to CloudFront.

locals {
  zone_id = var.zone_id == "" ? aws_route53_zone.this[0].zone_id : var.zone_id

  # Both certificates are for one name in one account, so they are validated by one record. AWS names it when the
  # certificate is made; until then its place holds the domain itself.
  proof       = tolist(aws_acm_certificate.edge.domain_validation_options)
  proof_name  = try(local.proof[0].resource_record_name, "_proof.${var.domain_name}")
  proof_type  = try(local.proof[0].resource_record_type, "CNAME")
  proof_value = try(local.proof[0].resource_record_value, var.domain_name)
}

resource "aws_route53_zone" "this" {
  #checkov:skip=CKV2_AWS_38:DNSSEC needs a record at the parent zone, which another party owns
  #checkov:skip=CKV2_AWS_39:Queries for one public name add nothing to CloudFront's log
  count = var.zone_id == "" ? 1 : 0

  name    = var.domain_name
  comment = "The app, ${var.prefix}"
}

# CloudFront reads its certificates in us-east-1 alone.
resource "aws_acm_certificate" "edge" {
  region            = "us-east-1"
  domain_name       = var.domain_name
  validation_method = "DNS"
  key_algorithm     = "EC_prime256v1"

  lifecycle {
    create_before_destroy = true
  }
}

# CloudFront passes on the browser's Host, so the load balancer shows the same name.
resource "aws_acm_certificate" "regional" {
  domain_name       = var.domain_name
  validation_method = "DNS"
  key_algorithm     = "EC_prime256v1"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "proof" {
  zone_id         = local.zone_id
  name            = local.proof_name
  type            = local.proof_type
  ttl             = 300
  records         = [local.proof_value]
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "edge" {
  region                  = "us-east-1"
  certificate_arn         = aws_acm_certificate.edge.arn
  validation_record_fqdns = [aws_route53_record.proof.fqdn]
}

resource "aws_acm_certificate_validation" "regional" {
  certificate_arn         = aws_acm_certificate.regional.arn
  validation_record_fqdns = [aws_route53_record.proof.fqdn]
}

resource "aws_route53_record" "app" {
  for_each = toset(["A", "AAAA"])

  zone_id = local.zone_id
  name    = var.domain_name
  type    = each.key

  alias {
    name                   = var.distribution_domain_name
    zone_id                = var.distribution_zone_id
    evaluate_target_health = false
  }
}

# Only Amazon may issue a certificate for the name.
resource "aws_route53_record" "authorities" {
  zone_id = local.zone_id
  name    = var.domain_name
  type    = "CAA"
  ttl     = 3600
  records = ["0 issue \"amazon.com\"", "0 issuewild \";\""]
}
