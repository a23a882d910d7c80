# The allowed connections, as a table. Nothing else is let through; the way in to the load balancer is added by the ingress.

locals {
  behind_gateway = setsubtract(var.services, ["gateway"])

  flows = concat(
    [{ from = "alb", to = "gateway", port = 8000, why = "Requests" }],
    [for service in local.behind_gateway : { from = "gateway", to = service, port = 8000, why = "Commands and queries" }],
    [for service in local.behind_gateway : { from = service, to = "gateway", port = 8000, why = "Public keys of tokens" }],
    [for service in var.services : { from = service, to = "database", port = 5432, why = "Own schema" }],
  )
}

resource "aws_security_group" "this" {
  #checkov:skip=CKV2_AWS_5:Attached by the modules that are handed its id: ingress, ecs_service, database
  for_each = setunion(var.services, ["alb", "database"])

  name        = "${var.prefix}-${each.key}"
  description = "What ${each.key} takes and reaches"
  vpc_id      = aws_vpc.main.id
  tags        = { Name = "${var.prefix}-${each.key}" }
}

resource "aws_vpc_security_group_ingress_rule" "flow" {
  for_each = { for flow in local.flows : "${flow.from}-${flow.to}-${flow.port}" => flow }

  security_group_id            = aws_security_group.this[each.value.to].id
  referenced_security_group_id = aws_security_group.this[each.value.from].id
  description                  = each.value.why
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_egress_rule" "flow" {
  for_each = { for flow in local.flows : "${flow.from}-${flow.to}-${flow.port}" => flow }

  security_group_id            = aws_security_group.this[each.value.from].id
  referenced_security_group_id = aws_security_group.this[each.value.to].id
  description                  = each.value.why
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

# AWS's own endpoints have no fixed addresses.
resource "aws_vpc_security_group_egress_rule" "aws" {
  for_each = var.services

  security_group_id = aws_security_group.this[each.key].id
  description       = "AWS APIs"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
