data "aws_iam_policy_document" "deploy_events" {
  statement {
    sid       = "Topics"
    resources = ["arn:aws:sns:${var.region}:${var.account_id}:${local.names}"]

    actions = [
      "sns:CreateTopic",
      "sns:DeleteTopic",
      "sns:SetSubscriptionAttributes",
      "sns:SetTopicAttributes",
      "sns:Subscribe",
      "sns:TagResource",
      "sns:Unsubscribe",
      "sns:UntagResource",
    ]
  }

  statement {
    sid       = "Queues"
    resources = ["arn:aws:sqs:${var.region}:${var.account_id}:${local.names}"]

    actions = [
      "sqs:CreateQueue",
      "sqs:DeleteQueue",
      "sqs:SetQueueAttributes",
      "sqs:TagQueue",
      "sqs:UntagQueue",
    ]
  }

  statement {
    sid       = "Functions"
    resources = ["arn:aws:lambda:${var.region}:${var.account_id}:function:${local.names}"]

    actions = [
      "lambda:AddPermission",
      "lambda:CreateFunction",
      "lambda:CreateFunctionUrlConfig",
      "lambda:DeleteFunction",
      "lambda:DeleteFunctionConcurrency",
      "lambda:DeleteFunctionUrlConfig",
      "lambda:PutFunctionConcurrency",
      "lambda:RemovePermission",
      "lambda:TagResource",
      "lambda:UntagResource",
      "lambda:UpdateFunctionCode",
      "lambda:UpdateFunctionConfiguration",
      "lambda:UpdateFunctionUrlConfig",
    ]
  }

  statement {
    sid       = "Parameters"
    resources = ["arn:aws:ssm:${var.region}:${var.account_id}:parameter/${var.prefix}/*"]

    actions = [
      "ssm:AddTagsToResource",
      "ssm:DeleteParameter",
      "ssm:PutParameter",
      "ssm:RemoveTagsFromResource",
    ]
  }

  statement {
    sid = "Logs"

    actions = [
      "logs:AssociateKmsKey",
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:DeleteMetricFilter",
      "logs:DeleteRetentionPolicy",
      "logs:DisassociateKmsKey",
      "logs:PutMetricFilter",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
    ]

    resources = [
      for path in ["/${var.prefix}/*", "/aws/*/${var.prefix}*", "/aws/rds/instance/${var.prefix}/*", "/ecs/${var.prefix}*"] :
      "arn:aws:logs:${var.region}:${var.account_id}:log-group:${path}"
    ]
  }

  statement {
    sid = "WafLog"

    actions = [
      "logs:AssociateKmsKey",
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
    ]

    resources = ["arn:aws:logs:us-east-1:${var.account_id}:log-group:aws-waf-logs-${var.prefix}*"]
  }

  # Log deliveries (CloudFront's, WAF's, API Gateway's) belong to the account.
  statement {
    sid       = "LogDeliveries"
    resources = ["*"]

    actions = [
      "logs:CreateDelivery",
      "logs:CreateLogDelivery",
      "logs:DeleteDelivery",
      "logs:DeleteDeliveryDestination",
      "logs:DeleteDeliverySource",
      "logs:DeleteLogDelivery",
      "logs:PutDeliveryDestination",
      "logs:PutDeliverySource",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
    ]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region, "us-east-1"]
    }
  }

  statement {
    sid = "Alarms"

    actions = [
      "cloudwatch:DeleteAlarms",
      "cloudwatch:DeleteDashboards",
      "cloudwatch:PutCompositeAlarm",
      "cloudwatch:PutDashboard",
      "cloudwatch:PutMetricAlarm",
      "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
    ]

    resources = [
      "arn:aws:cloudwatch:${var.region}:${var.account_id}:alarm:${local.names}",
      "arn:aws:cloudwatch::${var.account_id}:dashboard/${var.prefix}*",
    ]
  }

  statement {
    sid       = "TraceGroups"
    actions   = ["xray:CreateGroup", "xray:DeleteGroup", "xray:TagResource", "xray:UntagResource", "xray:UpdateGroup"]
    resources = ["arn:aws:xray:${var.region}:${var.account_id}:group/${local.names}"]
  }
}
