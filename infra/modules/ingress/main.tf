# The internal load balancer in front of the gateway. CloudFront reaches it through a VPC origin; the internet does not.

locals {
  https = var.certificate_arn != ""
  # Longer than the 15 s between two heartbeats of a live stream. The gateway keeps idle connections longer still, or a
  # request could meet one that is closing.
  idle_seconds = 120
}

resource "aws_lb" "this" {
  #checkov:skip=CKV2_AWS_28:The web ACL is at CloudFront, which alone reaches this load balancer
  name                       = var.prefix
  internal                   = true
  load_balancer_type         = "application"
  subnets                    = var.subnet_ids
  security_groups            = [var.security_group_id]
  idle_timeout               = local.idle_seconds
  drop_invalid_header_fields = true
  desync_mitigation_mode     = "strictest"
  preserve_host_header       = true
  enable_deletion_protection = var.deletion_protection

  access_logs {
    bucket  = var.access_logs_bucket_id
    prefix  = "alb"
    enabled = true
  }
}

# Two groups: a canary puts the new revision into the one that is not in use and moves the weights of the rule.
resource "aws_lb_target_group" "gateway" {
  #checkov:skip=CKV_AWS_378:Inside the VPC, between two security groups that admit only each other
  for_each = toset(["a", "b"])

  name                 = "${var.prefix}-gw-${each.key}"
  vpc_id               = var.vpc_id
  target_type          = "ip"
  port                 = 8000
  protocol             = "HTTP"
  deregistration_delay = 20

  health_check {
    # Live, not ready: ECS replaces tasks that the load balancer calls unhealthy, and a database that is away would make
    # it replace all of them, over and over.
    path                = "/health/live"
    matcher             = "200"
    interval            = 10
    timeout             = 8
    healthy_threshold   = 2
    unhealthy_threshold = 5
  }
}

resource "aws_lb_listener" "this" {
  #checkov:skip=CKV_AWS_2:Plain HTTP only where an environment has no domain, hence no certificate
  #checkov:skip=CKV_AWS_103:The same: with a certificate the policy is TLS 1.3
  #checkov:skip=CKV2_AWS_20:Only CloudFront comes here, and it redirects browsers to HTTPS
  load_balancer_arn = aws_lb.this.arn
  port              = local.https ? 443 : 80
  protocol          = local.https ? "HTTPS" : "HTTP"
  certificate_arn   = local.https ? var.certificate_arn : null
  ssl_policy        = local.https ? "ELBSecurityPolicy-TLS13-1-2-2021-06" : null

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "There is nothing here."
      status_code  = "404"
    }
  }
}

# Before a canary gets any traffic, requests with this header already reach it: the smoke test sends it.
resource "aws_lb_listener_rule" "test" {
  listener_arn = aws_lb_listener.this.arn
  priority     = 10

  condition {
    http_header {
      http_header_name = "x-smartstack-revision"
      values           = ["next"]
    }
  }

  action {
    type = "forward"

    forward {
      target_group {
        arn    = aws_lb_target_group.gateway["a"].arn
        weight = 100
      }

      target_group {
        arn    = aws_lb_target_group.gateway["b"].arn
        weight = 0
      }
    }
  }

  lifecycle {
    ignore_changes = [action]
  }
}

resource "aws_lb_listener_rule" "production" {
  listener_arn = aws_lb_listener.this.arn
  priority     = 20

  condition {
    path_pattern {
      values = ["/api/*", "/.well-known/*"]
    }
  }

  action {
    type = "forward"

    forward {
      target_group {
        arn    = aws_lb_target_group.gateway["a"].arn
        weight = 100
      }

      target_group {
        arn    = aws_lb_target_group.gateway["b"].arn
        weight = 0
      }
    }
  }

  lifecycle {
    # ECS moves the weights.
    ignore_changes = [action]
  }
}
