data "aws_iam_policy_document" "deploy_data" {
  #checkov:skip=CKV_AWS_111:Keys have ids instead of names; region and account bound them
  #checkov:skip=CKV_AWS_356:Keys have ids instead of names; region and account bound them
  #checkov:skip=CKV_AWS_109:Key policies are part of a deploy; who may use a key at all is bounded by the account
  statement {
    sid = "Database"

    actions = [
      "rds:AddTagsToResource",
      "rds:CreateDBInstance",
      "rds:CreateDBParameterGroup",
      "rds:CreateDBSnapshot",
      "rds:CreateDBSubnetGroup",
      "rds:DeleteDBInstance",
      "rds:DeleteDBParameterGroup",
      "rds:DeleteDBSubnetGroup",
      "rds:ModifyDBInstance",
      "rds:ModifyDBParameterGroup",
      "rds:ModifyDBSubnetGroup",
      "rds:RebootDBInstance",
      "rds:RemoveTagsFromResource",
      "rds:ResetDBParameterGroup",
    ]

    resources = [
      for kind in ["db", "pg", "subgrp", "snapshot"] : "arn:aws:rds:${var.region}:${var.account_id}:${kind}:${var.prefix}*"
    ]
  }

  # An instance always has an option group; without one of our own it is RDS's default one.
  statement {
    sid       = "DefaultOptions"
    actions   = ["rds:CreateDBInstance", "rds:ModifyDBInstance"]
    resources = ["arn:aws:rds:${var.region}:${var.account_id}:og:default*"]
  }

  statement {
    sid       = "Tables"
    resources = ["arn:aws:dynamodb:${var.region}:${var.account_id}:table/${local.names}"]

    actions = [
      "dynamodb:CreateTable",
      "dynamodb:DeleteTable",
      "dynamodb:TagResource",
      "dynamodb:UntagResource",
      "dynamodb:UpdateContinuousBackups",
      "dynamodb:UpdateTable",
      "dynamodb:UpdateTimeToLive",
    ]
  }

  # The values are put in by hand, and RDS makes and keeps the master's (named rds!…).
  statement {
    sid = "Secrets"

    actions = [
      "secretsmanager:CreateSecret",
      "secretsmanager:DeleteSecret",
      "secretsmanager:PutResourcePolicy",
      "secretsmanager:TagResource",
      "secretsmanager:UntagResource",
      "secretsmanager:UpdateSecret",
    ]

    resources = [
      "arn:aws:secretsmanager:${var.region}:${var.account_id}:secret:${var.prefix}/*",
      "arn:aws:secretsmanager:${var.region}:${var.account_id}:secret:rds!*",
    ]
  }

  statement {
    sid       = "KeysOfTheEnvironment"
    resources = ["*"]

    actions = [
      "kms:CancelKeyDeletion",
      "kms:CreateGrant",
      "kms:CreateKey",
      "kms:EnableKeyRotation",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:UpdateKeyDescription",
    ]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region, "us-east-1"]
    }
  }

  # Services ask for a data key on behalf of the creator of an encrypted resource.
  statement {
    sid       = "EncryptThroughServices"
    resources = ["*"]

    actions = [
      "kms:Decrypt",
      "kms:Encrypt",
      "kms:GenerateDataKey",
      "kms:GenerateDataKeyWithoutPlaintext",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
    ]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [for service in ["dynamodb", "lambda", "rds", "s3", "secretsmanager"] : "${service}.${var.region}.amazonaws.com"]
    }
  }

  statement {
    sid     = "KeyAliases"
    actions = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"]

    resources = flatten([
      for region in [var.region, "us-east-1"] : [
        "arn:aws:kms:${region}:${var.account_id}:alias/${local.names}",
        "arn:aws:kms:${region}:${var.account_id}:key/*",
      ]
    ])
  }
}

data "aws_iam_policy_document" "deploy_buckets" {
  statement {
    sid       = "Buckets"
    resources = ["arn:aws:s3:::${local.names}"]

    actions = [
      "s3:CreateBucket",
      "s3:DeleteBucket",
      "s3:DeleteBucketPolicy",
      "s3:PutBucketLogging",
      "s3:PutBucketObjectLockConfiguration",
      "s3:PutBucketOwnershipControls",
      "s3:PutBucketPolicy",
      "s3:PutBucketPublicAccessBlock",
      "s3:PutBucketTagging",
      "s3:PutBucketVersioning",
      "s3:PutEncryptionConfiguration",
      "s3:PutLifecycleConfiguration",
    ]
  }

  # The web app's files; no object of any other bucket.
  statement {
    sid       = "WebFiles"
    actions   = ["s3:DeleteObject", "s3:PutObject"]
    resources = ["arn:aws:s3:::${var.prefix}-${var.account_id}-web/*"]
  }

  # No resource to name: it is the account's.
  statement {
    sid       = "NoPublicBuckets"
    actions   = ["s3:PutAccountPublicAccessBlock"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [var.account_id]
    }
  }
}
