# One distribution, so one origin for the browser: pages from S3, /api/* from the gateway through a VPC origin.

locals {
  bucket     = "${var.prefix}-${var.account_id}-web"
  bucket_arn = "arn:aws:s3:::${local.bucket}"

  # AWS's own policies, the same in every account: they cache nothing and pass on all that the browser sent.
  caching_disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  all_viewer       = "216adef6-5c7f-47e4-b989-5492eafa07d3"

  api_paths = ["/api/*", "/.well-known/*"]

  # The paths of the export's pages, from the app itself: (app)/today/page.tsx is at /today.
  sources = fileset("${path.module}/../../../frontend/src/app", "**/page.tsx")
  pages = sort(compact([
    for source in local.sources :
    trimsuffix("/${replace(trimsuffix(source, "page.tsx"), "/\\([a-z]+\\)\\//", "")}", "/")
  ]))
}

resource "aws_cloudfront_origin_access_control" "web" {
  name                              = "${var.prefix}-web"
  description                       = "CloudFront signs what it asks of the bucket"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_vpc_origin" "gateway" {
  vpc_origin_endpoint_config {
    name                   = "${var.prefix}-gateway"
    arn                    = var.alb_arn
    http_port              = 80
    https_port             = 443
    origin_protocol_policy = var.alb_https ? "https-only" : "http-only"

    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }
}

# AWS makes this group together with the VPC origin; only our distributions' traffic carries it.
data "aws_security_group" "vpc_origins" {
  vpc_id = var.vpc_id

  filter {
    name   = "group-name"
    values = ["CloudFront-VPCOrigins-Service-SG"]
  }

  depends_on = [aws_cloudfront_vpc_origin.gateway]
}

resource "aws_vpc_security_group_ingress_rule" "cloudfront" {
  security_group_id            = var.alb_security_group_id
  referenced_security_group_id = data.aws_security_group.vpc_origins.id
  description                  = "From CloudFront's VPC origin"
  ip_protocol                  = "tcp"
  from_port                    = var.alb_https ? 443 : 80
  to_port                      = var.alb_https ? 443 : 80
}

resource "aws_cloudfront_function" "request" {
  name    = "${var.prefix}-request"
  runtime = "cloudfront-js-2.0"
  comment = "Finds the file of a page's path"
  publish = true
  code    = templatefile("${path.module}/functions/request.js", { pages = jsonencode(local.pages) })
}

resource "aws_cloudfront_function" "response" {
  name    = "${var.prefix}-response"
  runtime = "cloudfront-js-2.0"
  comment = "Sends each page with its own content security policy"
  publish = true
  code    = file("${path.module}/functions/response.js")
}

# Each file sets its own caching time: hashed assets for a year, everything else is asked for again.
resource "aws_cloudfront_cache_policy" "pages" {
  name        = "${var.prefix}-pages"
  comment     = "As the file's cache-control says"
  min_ttl     = 0
  default_ttl = 0
  max_ttl     = 31536000

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = true
    enable_accept_encoding_gzip   = true

    cookies_config {
      cookie_behavior = "none"
    }

    headers_config {
      header_behavior = "none"
    }

    query_strings_config {
      query_string_behavior = "none"
    }
  }
}

# The same headers as the gateway sends; the pages' own policy is added by the function.
resource "aws_cloudfront_response_headers_policy" "pages" {
  #checkov:skip=CKV_AWS_259:A year, with subdomains; the preload list is for whole domains, this is one name below one
  name    = "${var.prefix}-pages"
  comment = "Security headers of the pages"

  security_headers_config {
    strict_transport_security {
      access_control_max_age_sec = 31536000
      include_subdomains         = true
      override                   = true
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = true
    }

    referrer_policy {
      referrer_policy = "no-referrer"
      override        = true
    }
  }

  custom_headers_config {
    items {
      header   = "cross-origin-opener-policy"
      value    = "same-origin"
      override = true
    }

    items {
      header   = "cross-origin-resource-policy"
      value    = "same-origin"
      override = true
    }

    items {
      header   = "permissions-policy"
      value    = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
      override = true
    }
  }
}

resource "aws_cloudfront_distribution" "this" {
  #checkov:skip=CKV_AWS_86:Logs go out through log delivery (v2), below
  #checkov:skip=CKV_AWS_310:One region, one gateway: there is nothing to fail over to
  #checkov:skip=CKV_AWS_374:Clients of our users may be anywhere
  #checkov:skip=CKV2_AWS_42:With a domain it has one; an environment without uses CloudFront's
  #checkov:skip=CKV2_AWS_47:The web ACL holds the managed rules; it comes from another module
  enabled             = true
  comment             = var.prefix
  aliases             = var.aliases
  default_root_object = "index.html"
  http_version        = "http2and3"
  is_ipv6_enabled     = true
  price_class         = var.price_class
  web_acl_id          = var.web_acl_arn

  origin {
    origin_id                = "web"
    domain_name              = aws_s3_bucket.web.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.web.id
  }

  origin {
    origin_id   = "gateway"
    domain_name = var.alb_dns_name

    vpc_origin_config {
      vpc_origin_id = aws_cloudfront_vpc_origin.gateway.id
      # Between two bytes: a live stream sends a heartbeat every 15 s.
      origin_read_timeout      = var.read_timeout_seconds
      origin_keepalive_timeout = 60
    }
  }

  default_cache_behavior {
    target_origin_id           = "web"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = aws_cloudfront_cache_policy.pages.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.pages.id

    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.request.arn
    }

    function_association {
      event_type   = "viewer-response"
      function_arn = aws_cloudfront_function.response.arn
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = local.api_paths

    content {
      path_pattern             = ordered_cache_behavior.value
      target_origin_id         = "gateway"
      viewer_protocol_policy   = "https-only"
      allowed_methods          = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
      cached_methods           = ["GET", "HEAD"]
      compress                 = false
      cache_policy_id          = local.caching_disabled
      origin_request_policy_id = local.all_viewer
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    acm_certificate_arn            = var.certificate_arn == "" ? null : var.certificate_arn
    cloudfront_default_certificate = var.certificate_arn == ""
    minimum_protocol_version       = var.certificate_arn == "" ? "TLSv1" : "TLSv1.2_2021"
    ssl_support_method             = var.certificate_arn == "" ? null : "sni-only"
  }
}
