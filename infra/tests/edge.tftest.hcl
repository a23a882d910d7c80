# The public entry: pages by the paths that the app has, the API through the load balancer alone.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  prefix                 = "smartstack-test"
  account_id             = "111111111111"
  vpc_id                 = "vpc-1"
  web_acl_arn            = "arn:aws:wafv2:us-east-1:111111111111:global/webacl/x/1"
  alb_arn                = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/x/1"
  alb_dns_name           = "internal-x.eu-west-1.elb.amazonaws.com"
  alb_security_group_id  = "sg-1"
  alb_https              = true
  access_logs_bucket_id  = "logs"
  access_logs_bucket_arn = "arn:aws:s3:::logs"
  kms_key_arn            = "arn:aws:kms:eu-west-1:111111111111:key/1"
}

run "pages_are_known_by_their_paths" {
  command = plan

  module {
    source = "./modules/frontend"
  }

  assert {
    condition     = strcontains(aws_cloudfront_function.request.code, "\"/inbox\"") && strcontains(aws_cloudfront_function.request.code, "\"/login\"")
    error_message = "The function knows the pages of the app, without the groups that their folders are in."
  }

  assert {
    condition     = !strcontains(aws_cloudfront_function.request.code, "(app)")
    error_message = "A group is not a part of a path."
  }
}

run "the_api_is_never_cached_and_always_encrypted" {
  command = plan

  module {
    source = "./modules/frontend"
  }

  assert {
    condition = alltrue([
      for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior :
      behavior.cache_policy_id == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" && behavior.viewer_protocol_policy == "https-only"
    ])
    error_message = "Answers of the API are for one person, now."
  }

  assert {
    condition     = [for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior : behavior.path_pattern] == ["/api/*", "/.well-known/*"]
    error_message = "Only these paths reach the gateway."
  }

  assert {
    condition     = aws_cloudfront_vpc_origin.gateway.vpc_origin_endpoint_config[0].origin_protocol_policy == "https-only"
    error_message = "To the load balancer it is TLS where that speaks it."
  }
}

run "a_read_timeout_shorter_than_the_heartbeat_is_refused" {
  command = plan

  module {
    source = "./modules/frontend"
  }

  variables {
    read_timeout_seconds = 15
  }

  expect_failures = [var.read_timeout_seconds]
}
