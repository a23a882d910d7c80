# The role of a person who answers for the dead letters (`./smartstack dlq --prefix …`), each action written to the audit bucket.

data "aws_iam_policy_document" "operator_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.account_id}:root"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:PrincipalArn"
      values   = var.operators
    }
  }
}

data "aws_iam_policy_document" "operator_audit" {
  statement {
    sid       = "WriteAudit"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${module.storage.bucket_arns["audit"]}/dead-letters/*"]
  }

  statement {
    sid       = "ListAudit"
    actions   = ["s3:ListBucket"]
    resources = [module.storage.bucket_arns["audit"]]
  }
}

data "aws_iam_policy_document" "operator_keys" {
  statement {
    sid       = "EncryptAudit"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [module.data_key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "operator" {
  name                 = "${local.prefix}-operator"
  description          = "Answers for the dead letters"
  assume_role_policy   = data.aws_iam_policy_document.operator_trust.json
  permissions_boundary = local.permissions_boundary_arn
}

resource "aws_iam_role_policy" "operator" {
  for_each = {
    dead-letters     = module.messaging.operator_policy_json
    dead-letters-key = module.messaging.encryption_policy_json
    audit            = data.aws_iam_policy_document.operator_audit.json
    audit-key        = data.aws_iam_policy_document.operator_keys.json
  }

  name   = each.key
  role   = aws_iam_role.operator.name
  policy = each.value
}
