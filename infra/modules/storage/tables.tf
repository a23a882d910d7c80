locals {
  table_arns = {
    for name in keys(var.topology.tables) : name => "arn:aws:dynamodb:${var.region}:${var.account_id}:table/${var.prefix}-${name}"
  }
}

resource "aws_dynamodb_table" "this" {
  for_each = var.topology.tables

  name                        = "${var.prefix}-${each.key}"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = each.value.partition_key
  range_key                   = each.value.sort_key
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = each.value.partition_key
    type = "S"
  }

  attribute {
    name = each.value.sort_key
    type = "S"
  }

  ttl {
    enabled        = true
    attribute_name = each.value.expires_at
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }
}
