data "aws_iam_policy_document" "deploy_services" {
  #checkov:skip=CKV_AWS_111:Task definitions and alarms of scaling cannot be named; the region bounds them
  #checkov:skip=CKV_AWS_356:Task definitions and alarms of scaling cannot be named; the region bounds them
  statement {
    sid = "Services"

    actions = [
      "ecs:CreateCluster",
      "ecs:CreateService",
      "ecs:DeleteCluster",
      "ecs:DeleteService",
      "ecs:PutClusterCapacityProviders",
      "ecs:RunTask",
      "ecs:StopServiceDeployment",
      "ecs:StopTask",
      "ecs:TagResource",
      "ecs:UntagResource",
      "ecs:UpdateCluster",
      "ecs:UpdateService",
    ]

    resources = [
      for kind in ["cluster/${var.prefix}*", "service/${var.prefix}*/*", "service-deployment/${var.prefix}*/*", "task/${var.prefix}*/*", "task-definition/${var.prefix}-*:*"] :
      "arn:aws:ecs:${var.region}:${var.account_id}:${kind}"
    ]
  }

  statement {
    sid       = "Definitions"
    actions   = ["ecs:DeregisterTaskDefinition", "ecs:RegisterTaskDefinition"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  statement {
    sid       = "Discovery"
    resources = ["*"]

    actions = [
      "servicediscovery:CreateHttpNamespace",
      "servicediscovery:DeleteNamespace",
      "servicediscovery:TagResource",
      "servicediscovery:UntagResource",
      "servicediscovery:UpdateHttpNamespace",
    ]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  statement {
    sid       = "Scaling"
    resources = ["arn:aws:application-autoscaling:${var.region}:${var.account_id}:scalable-target/*"]

    actions = [
      "application-autoscaling:DeleteScalingPolicy",
      "application-autoscaling:DeregisterScalableTarget",
      "application-autoscaling:PutScalingPolicy",
      "application-autoscaling:RegisterScalableTarget",
      "application-autoscaling:TagResource",
      "application-autoscaling:UntagResource",
    ]
  }

  # A target tracking policy makes its own alarms with the caller's rights. IAM asks for them without a resource.
  statement {
    sid       = "AlarmsOfScaling"
    actions   = ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  statement {
    sid = "Balancer"

    actions = [
      "elasticloadbalancing:AddTags",
      "elasticloadbalancing:CreateListener",
      "elasticloadbalancing:CreateLoadBalancer",
      "elasticloadbalancing:CreateRule",
      "elasticloadbalancing:CreateTargetGroup",
      "elasticloadbalancing:DeleteListener",
      "elasticloadbalancing:DeleteLoadBalancer",
      "elasticloadbalancing:DeleteRule",
      "elasticloadbalancing:DeleteTargetGroup",
      "elasticloadbalancing:ModifyListener",
      "elasticloadbalancing:ModifyListenerAttributes",
      "elasticloadbalancing:ModifyLoadBalancerAttributes",
      "elasticloadbalancing:ModifyRule",
      "elasticloadbalancing:ModifyTargetGroup",
      "elasticloadbalancing:ModifyTargetGroupAttributes",
      "elasticloadbalancing:RemoveTags",
      "elasticloadbalancing:SetSecurityGroups",
      "elasticloadbalancing:SetSubnets",
    ]

    resources = [
      for kind in ["loadbalancer/app", "listener/app", "listener-rule/app", "targetgroup"] :
      "arn:aws:elasticloadbalancing:${var.region}:${var.account_id}:${kind}/${var.prefix}*"
    ]
  }

  # Images come from the registry by digest, and from nowhere else.
  statement {
    sid       = "Images"
    actions   = ["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"]
    resources = ["arn:aws:ecr:${var.region}:${var.registry_account_id}:repository/smartstack-*"]
  }
}
