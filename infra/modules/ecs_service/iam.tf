# Roles: what each task may do, what ECS may do to start it, and what ECS may do to move traffic.

locals {
  # The repository of an image in ECR: <account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:...
  repository = regex("^([0-9]{12})\\.dkr\\.ecr\\.([a-z0-9-]+)\\.amazonaws\\.com/([^@:]+)", var.image)

  # Without what may follow the secret's ARN: the key inside of it, stage, version.
  secret_arns = {
    for label, definition in local.definitions :
    label => distinct([for arn in values(definition.secrets) : join(":", slice(split(":", arn), 0, min(7, length(split(":", arn)))))])
  }

  task_policies = merge([
    for label, definition in local.definitions : {
      for name, policy in definition.policies : "${label}/${name}" => { label = label, name = name, policy = policy }
    }
  ]...)
}

data "aws_iam_policy_document" "tasks_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:ecs:${var.region}:${local.account_id}:*"]
    }
  }
}

resource "aws_iam_role" "task" {
  for_each = local.definitions

  name                 = each.key == "serve" ? local.name : "${local.name}-${each.key}"
  description          = "What ${var.service} may do (${each.key})"
  assume_role_policy   = data.aws_iam_policy_document.tasks_trust.json
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "task" {
  for_each = local.task_policies

  name   = each.value.name
  role   = aws_iam_role.task[each.value.label].name
  policy = each.value.policy
}

resource "aws_iam_role" "execution" {
  for_each = local.definitions

  name                 = each.key == "serve" ? "${local.name}-start" : "${local.name}-${each.key}-start"
  description          = "What ECS needs to start ${var.service} (${each.key})"
  assume_role_policy   = data.aws_iam_policy_document.tasks_trust.json
  permissions_boundary = var.permissions_boundary_arn
}

data "aws_iam_policy_document" "execution" {
  for_each = local.definitions

  # A token is for the whole registry; AWS knows no narrower resource.
  statement {
    sid       = "RegistryToken"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid       = "PullImage"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = ["arn:${local.partition}:ecr:${local.repository[1]}:${local.repository[0]}:repository/${local.repository[2]}"]
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:${local.partition}:logs:${var.region}:${local.account_id}:log-group:/${var.prefix}/${var.service}:log-stream:*"]
  }

  dynamic "statement" {
    for_each = length(each.value.secrets) > 0 ? [local.secret_arns[each.key]] : []

    content {
      sid       = "ReadSecrets"
      actions   = ["secretsmanager:GetSecretValue", "ssm:GetParameters"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(each.value.secrets) > 0 ? [var.secrets_key_arn] : []

    content {
      sid       = "DecryptSecrets"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${var.region}.amazonaws.com", "ssm.${var.region}.amazonaws.com"]
      }
    }
  }
}

resource "aws_iam_role_policy" "execution" {
  for_each = local.definitions

  name   = "start"
  role   = aws_iam_role.execution[each.key].name
  policy = data.aws_iam_policy_document.execution[each.key].json
}

# For the canary: ECS itself changes the weights of the listener's rule.

data "aws_iam_policy_document" "traffic_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }
}

resource "aws_iam_role" "traffic" {
  count = local.canary ? 1 : 0

  name                 = "${local.name}-traffic"
  description          = "What ECS needs to move traffic between the revisions of ${var.service}"
  assume_role_policy   = data.aws_iam_policy_document.traffic_trust.json
  permissions_boundary = var.permissions_boundary_arn
}

data "aws_iam_policy_document" "traffic" {
  count = local.canary ? 1 : 0

  # Describing takes no resource in this service.
  statement {
    sid = "Look"
    actions = [
      "elasticloadbalancing:DescribeListeners",
      "elasticloadbalancing:DescribeLoadBalancers",
      "elasticloadbalancing:DescribeRules",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "MoveTraffic"
    actions   = ["elasticloadbalancing:ModifyRule"]
    resources = compact([var.load_balancer.production_rule_arn, var.load_balancer.test_rule_arn])
  }

  statement {
    sid       = "MoveTasks"
    actions   = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"]
    resources = [var.load_balancer.target_group_arn, var.load_balancer.alternate_target_group_arn]
  }
}

resource "aws_iam_role_policy" "traffic" {
  count = local.canary ? 1 : 0

  name   = "traffic"
  role   = aws_iam_role.traffic[0].name
  policy = data.aws_iam_policy_document.traffic[0].json
}
