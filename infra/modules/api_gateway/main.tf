# The public API and webhooks through API Gateway, in addition to CloudFront: for callers who need a fixed name, a quota of their
# own or no browser. Off by default. A call may take 30 s at most and cannot stream, so the live stream is not here.

locals {
  # /api/v1/live would be cut after 30 s; it belongs to CloudFront.
  routes = ["ANY /api/v1/{proxy+}", "GET /api/openapi.json", "GET /.well-known/jwks.json"]
}

resource "aws_apigatewayv2_api" "this" {
  name          = var.prefix
  description   = "Public API and webhooks"
  protocol_type = "HTTP"
}

resource "aws_security_group" "link" {
  name        = "${var.prefix}-api-link"
  description = "From API Gateway into the VPC"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_egress_rule" "to_load_balancer" {
  security_group_id            = aws_security_group.link.id
  referenced_security_group_id = var.alb_security_group_id
  description                  = "To the load balancer"
  ip_protocol                  = "tcp"
  from_port                    = var.alb_port
  to_port                      = var.alb_port
}

resource "aws_vpc_security_group_ingress_rule" "from_link" {
  security_group_id            = var.alb_security_group_id
  referenced_security_group_id = aws_security_group.link.id
  description                  = "From API Gateway"
  ip_protocol                  = "tcp"
  from_port                    = var.alb_port
  to_port                      = var.alb_port
}

resource "aws_apigatewayv2_vpc_link" "this" {
  name               = var.prefix
  subnet_ids         = var.subnet_ids
  security_group_ids = [aws_security_group.link.id]
}

resource "aws_apigatewayv2_integration" "gateway" {
  api_id                 = aws_apigatewayv2_api.this.id
  integration_type       = "HTTP_PROXY"
  integration_method     = "ANY"
  integration_uri        = var.alb_listener_arn
  connection_type        = "VPC_LINK"
  connection_id          = aws_apigatewayv2_vpc_link.this.id
  payload_format_version = "1.0"
  timeout_milliseconds   = 29000

  dynamic "tls_config" {
    for_each = var.server_name == "" ? [] : [var.server_name]

    content {
      server_name_to_verify = tls_config.value
    }
  }
}

resource "aws_apigatewayv2_route" "this" {
  #checkov:skip=CKV_AWS_309:The gateway behind it checks the token of every call
  for_each = toset(local.routes)

  api_id             = aws_apigatewayv2_api.this.id
  route_key          = each.key
  target             = "integrations/${aws_apigatewayv2_integration.gateway.id}"
  authorization_type = "NONE"
}

resource "aws_apigatewayv2_stage" "this" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_rate_limit    = var.throttle.rate
    throttling_burst_limit   = var.throttle.burst
    detailed_metrics_enabled = true
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    # Never the path's query or a header: share tokens and access tokens travel there.
    format = jsonencode({
      time       = "$context.requestTime"
      request_id = "$context.requestId"
      address    = "$context.identity.sourceIp"
      method     = "$context.httpMethod"
      route      = "$context.routeKey"
      status     = "$context.status"
      bytes      = "$context.responseLength"
      latency_ms = "$context.responseLatency"
      error      = "$context.integrationErrorMessage"
    })
  }
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/${var.prefix}/api-gateway"
  kms_key_id        = var.logs_key_arn
  retention_in_days = var.log_retention_days
}
