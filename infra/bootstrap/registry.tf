# The images, in the account of tools alone: built once, then the same digest goes through test, staging and production. So the
# registry belongs to no environment, and an environment can only read it.

locals {
  repositories = var.environment == "tools" ? toset([
    "smartstack-ai",
    "smartstack-bedrock-proxy",
    "smartstack-comms",
    "smartstack-gateway",
    "smartstack-tasks",
  ]) : toset([])

  functions = [for id in var.registry_readers : "arn:aws:lambda:${var.region}:${id}:function:smartstack-*"]
}

module "registry_key" {
  source = "../modules/encryption_key"
  count  = length(local.repositories) > 0 ? 1 : 0

  name        = "${local.prefix}-images"
  description = "Container images"
  account_id  = var.account_id
}

resource "aws_ecr_repository" "this" {
  for_each = local.repositories

  name                 = each.key
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = module.registry_key[0].arn
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  for_each = aws_ecr_repository.this

  repository = each.value.name

  # Two hundred releases back is further than any rollback.
  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "Layers of builds that were never released"
        selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 14 }
        action       = { type = "expire" }
      },
      {
        rulePriority = 2
        description  = "Releases"
        selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 200 }
        action       = { type = "expire" }
      },
    ]
  })
}

data "aws_iam_policy_document" "registry" {
  statement {
    sid     = "EnvironmentsPull"
    actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"]

    principals {
      type        = "AWS"
      identifiers = [for id in var.registry_readers : "arn:aws:iam::${id}:root"]
    }
  }

  # Lambda fetches an image by itself, when a function is made and again later.
  statement {
    sid     = "FunctionsOfEnvironmentsPull"
    actions = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = local.functions
    }
  }
}

resource "aws_ecr_repository_policy" "this" {
  for_each = aws_ecr_repository.this

  repository = each.value.name
  policy     = data.aws_iam_policy_document.registry.json
}

data "aws_iam_policy_document" "build_trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    # Only builds of main may become a release.
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:${var.repository}:ref:refs/heads/main"]
    }
  }
}

data "aws_iam_policy_document" "build" {
  statement {
    sid       = "Push"
    resources = [for name in local.repositories : "arn:aws:ecr:${var.region}:${var.account_id}:repository/${name}"]

    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:DescribeImages",
      "ecr:GetDownloadUrlForLayer",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ]
  }
}

# Signing in to a registry has no resource to name.
data "aws_iam_policy_document" "build_sign_in" {
  #checkov:skip=CKV_AWS_356:ecr:GetAuthorizationToken knows no resource
  statement {
    sid       = "SignIn"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }
}

resource "aws_iam_role" "build" {
  count = length(local.repositories) > 0 ? 1 : 0

  name                 = "github-smartstack-build"
  description          = "Pushes images built from main"
  assume_role_policy   = data.aws_iam_policy_document.build_trust.json
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "build" {
  count = length(local.repositories) > 0 ? 1 : 0

  name   = "push"
  role   = aws_iam_role.build[0].name
  policy = data.aws_iam_policy_document.build.json
}

resource "aws_iam_role_policy" "build_sign_in" {
  count = length(local.repositories) > 0 ? 1 : 0

  name   = "sign-in"
  role   = aws_iam_role.build[0].name
  policy = data.aws_iam_policy_document.build_sign_in.json
}
