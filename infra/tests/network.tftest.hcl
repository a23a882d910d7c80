# The ways out of the network, and who may talk to whom inside.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }
}

variables {
  prefix                   = "smartstack-test"
  account_id               = "111111111111"
  region                   = "eu-west-1"
  cidr                     = "10.10.0.0/16"
  zones                    = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  nat                      = "none"
  services                 = ["ai", "comms", "gateway", "tasks"]
  logs_key_arn             = "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000"
  log_retention_days       = 14
  permissions_boundary_arn = "arn:aws:iam::111111111111:policy/github-smartstack-test-boundary"
}

run "without_nat_tasks_have_addresses_of_their_own" {
  command = plan

  module {
    source = "./modules/network"
  }

  assert {
    condition     = length(aws_nat_gateway.main) == 0 && output.assign_public_ip
    error_message = "Without NAT there is no gateway, and tasks have public addresses."
  }
}

run "one_nat_gateway_serves_all_zones" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    nat = "single"
  }

  assert {
    condition     = length(aws_nat_gateway.main) == 1 && length(aws_route.nat) == 3 && !output.assign_public_ip
    error_message = "One gateway, a route to it from each zone, no public addresses."
  }
}

run "each_zone_has_its_own" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    nat = "per_az"
  }

  assert {
    condition     = length(aws_nat_gateway.main) == 3
    error_message = "A gateway in each zone."
  }
}

run "subnets_do_not_overlap" {
  command = plan

  module {
    source = "./modules/network"
  }

  assert {
    condition = length(distinct(concat(
      [for subnet in aws_subnet.public : subnet.cidr_block],
      [for subnet in aws_subnet.private : subnet.cidr_block],
      [for subnet in aws_subnet.database : subnet.cidr_block],
    ))) == 9
    error_message = "Three rows of three subnets, each with addresses of its own."
  }
}

run "only_the_gateway_talks_to_services_and_only_services_to_the_database" {
  command = plan

  module {
    source = "./modules/network"
  }

  assert {
    condition     = toset([for flow in local.flows : flow.from if flow.to == "database"]) == toset(["ai", "comms", "gateway", "tasks"])
    error_message = "The database is for services alone."
  }

  assert {
    condition     = alltrue([for flow in local.flows : flow.from == "gateway" if contains(["ai", "comms", "tasks"], flow.to)])
    error_message = "Services do not call one another."
  }

  assert {
    condition     = [for flow in local.flows : flow.to if flow.from == "alb"] == ["gateway"]
    error_message = "The load balancer leads to the gateway alone."
  }
}

run "an_endpoint_inside_the_network_costs_and_is_asked_for" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    interface_endpoints = ["sqs"]
  }

  assert {
    condition     = aws_vpc_endpoint.interface["sqs"].service_name == "com.amazonaws.eu-west-1.sqs"
    error_message = "The endpoint that was asked for."
  }
}

run "two_zones_at_least" {
  command         = plan
  expect_failures = [var.zones]

  module {
    source = "./modules/network"
  }

  variables {
    zones = ["eu-west-1a"]
  }
}
