# The rights of GitHub's workflows in this account, without any stored key: a job's token names the repository and the
# environment it runs in, and only that one may take the role. Names start with github-, so that no deploy can change them.

locals {
  issuer = "token.actions.githubusercontent.com"

  subjects = {
    deploy = "repo:${var.repository}:environment:${var.environment}"
    plan   = "repo:${var.repository}:pull_request"
  }

  # Everything an environment makes is named after it.
  names = "${var.prefix}-*"
}

data "aws_iam_policy_document" "trust" {
  for_each = local.subjects

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [var.provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:sub"
      values   = [each.value]
    }
  }
}

resource "aws_iam_role" "plan" {
  name                 = "github-${var.prefix}-plan"
  description          = "Pull requests: what would change. Reads configuration, no data"
  assume_role_policy   = data.aws_iam_policy_document.trust["plan"].json
  max_session_duration = 3600
}

resource "aws_iam_role" "deploy" {
  name                 = "github-${var.prefix}-deploy"
  description          = "Deploys from the GitHub environment ${var.environment}"
  assume_role_policy   = data.aws_iam_policy_document.trust["deploy"].json
  max_session_duration = 7200
}

# AWS's own list of what reads; what is people's data is denied again below.
resource "aws_iam_role_policy_attachment" "read" {
  for_each = { plan = aws_iam_role.plan.name, deploy = aws_iam_role.deploy.name }

  role       = each.value
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

data "aws_iam_policy_document" "no_data" {
  statement {
    sid           = "NoObjectsButStateAndWeb"
    effect        = "Deny"
    actions       = ["s3:GetObject", "s3:GetObjectVersion"]
    not_resources = ["${var.state_bucket_arn}/*", "arn:aws:s3:::${var.prefix}-${var.account_id}-web/*"]
  }

  statement {
    sid       = "NoData"
    effect    = "Deny"
    resources = ["*"]

    actions = [
      "dynamodb:BatchGetItem",
      "dynamodb:GetItem",
      "dynamodb:Query",
      "dynamodb:Scan",
      "logs:StartLiveTail",
      "logs:StartQuery",
      "rds:DownloadCompleteDBLogFile",
      "rds:DownloadDBLogFilePortion",
      "secretsmanager:GetSecretValue",
      "sqs:ReceiveMessage",
    ]
  }
}

resource "aws_iam_role_policy" "no_data" {
  for_each = { plan = aws_iam_role.plan.name, deploy = aws_iam_role.deploy.name }

  name   = "no-data"
  role   = each.value
  policy = data.aws_iam_policy_document.no_data.json
}

data "aws_iam_policy_document" "read_state" {
  statement {
    sid       = "ReadState"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = [var.state_bucket_arn, "${var.state_bucket_arn}/*"]
  }

  statement {
    sid       = "DecryptState"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.state_key_arn]
  }
}

data "aws_iam_policy_document" "write_state" {
  statement {
    sid       = "WriteState"
    actions   = ["s3:PutObject"]
    resources = ["${var.state_bucket_arn}/*"]
  }

  # The lock is a file next to the state; the state itself cannot be deleted.
  statement {
    sid       = "Unlock"
    actions   = ["s3:DeleteObject"]
    resources = ["${var.state_bucket_arn}/*.tflock"]
  }
}

# The state bucket and its key carry the environment's prefix, so rights on names would cover them too.
data "aws_iam_policy_document" "protect_state" {
  statement {
    sid       = "KeepBucket"
    effect    = "Deny"
    resources = [var.state_bucket_arn]

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

  statement {
    sid       = "KeepFormerVersions"
    effect    = "Deny"
    actions   = ["s3:DeleteObjectVersion"]
    resources = ["${var.state_bucket_arn}/*"]
  }

  statement {
    sid       = "KeepKey"
    effect    = "Deny"
    resources = [var.state_key_arn, "arn:aws:kms:${var.region}:${var.account_id}:alias/${var.prefix}-state"]

    actions = [
      "kms:CancelKeyDeletion",
      "kms:CreateAlias",
      "kms:CreateGrant",
      "kms:DeleteAlias",
      "kms:DisableKey",
      "kms:DisableKeyRotation",
      "kms:EnableKeyRotation",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:UpdateAlias",
      "kms:UpdateKeyDescription",
    ]
  }
}

resource "aws_iam_role_policy" "protect_state" {
  name   = "protect-state"
  role   = aws_iam_role.deploy.name
  policy = data.aws_iam_policy_document.protect_state.json
}

resource "aws_iam_role_policy" "read_state" {
  for_each = { plan = aws_iam_role.plan.name, deploy = aws_iam_role.deploy.name }

  name   = "read-state"
  role   = each.value
  policy = data.aws_iam_policy_document.read_state.json
}

resource "aws_iam_role_policy" "write_state" {
  name   = "write-state"
  role   = aws_iam_role.deploy.name
  policy = data.aws_iam_policy_document.write_state.json
}

locals {
  deploy_policies = {
    network  = data.aws_iam_policy_document.deploy_network.json
    data     = data.aws_iam_policy_document.deploy_data.json
    buckets  = data.aws_iam_policy_document.deploy_buckets.json
    events   = data.aws_iam_policy_document.deploy_events.json
    services = data.aws_iam_policy_document.deploy_services.json
    edge     = data.aws_iam_policy_document.deploy_edge.json
    roles    = data.aws_iam_policy_document.deploy_roles.json
  }
}

resource "aws_iam_policy" "deploy" {
  for_each = local.deploy_policies

  name        = "github-${var.prefix}-deploy-${each.key}"
  description = "What a deploy may change: ${each.key}"
  policy      = each.value
}

resource "aws_iam_role_policy_attachment" "deploy" {
  for_each = aws_iam_policy.deploy

  role       = aws_iam_role.deploy.name
  policy_arn = each.value.arn
}
