# The most that any role of the environment can have, whatever a deploy writes into its policies. It grants nothing by itself.
data "aws_iam_policy_document" "boundary" {
  #checkov:skip=CKV_AWS_107:A boundary grants nothing; resources are named by the roles' own policies
  #checkov:skip=CKV_AWS_109:A boundary grants nothing; resources are named by the roles' own policies
  #checkov:skip=CKV_AWS_111:A boundary grants nothing; resources are named by the roles' own policies
  #checkov:skip=CKV_AWS_108:A boundary grants nothing; resources are named by the roles' own policies
  #checkov:skip=CKV_AWS_356:A boundary grants nothing; resources are named by the roles' own policies
  statement {
    sid       = "AtMost"
    resources = ["*"]

    actions = [
      "bedrock:InvokeModel",
      "bedrock:InvokeModelWithResponseStream",
      "cloudwatch:DescribeAlarms",
      "cloudwatch:PutMetricData",
      "dynamodb:UpdateItem",
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:GetAuthorizationToken",
      "ecr:GetDownloadUrlForLayer",
      "elasticloadbalancing:DeregisterTargets",
      "elasticloadbalancing:DescribeListeners",
      "elasticloadbalancing:DescribeLoadBalancers",
      "elasticloadbalancing:DescribeRules",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
      "elasticloadbalancing:ModifyListener",
      "elasticloadbalancing:ModifyRule",
      "elasticloadbalancing:RegisterTargets",
      "kms:Decrypt",
      "kms:GenerateDataKey",
      "lambda:InvokeFunction",
      "lambda:InvokeFunctionUrl",
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:DescribeLogGroups",
      "logs:DescribeLogStreams",
      "logs:GetLogEvents",
      "logs:PutLogEvents",
      "logs:PutRetentionPolicy",
      "rds-db:connect",
      "s3:GetObject",
      "s3:ListBucket",
      "s3:PutObject",
      "secretsmanager:GetSecretValue",
      "sns:Publish",
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "sqs:ReceiveMessage",
      "sqs:SendMessage",
      "ssm:GetParameter",
      "ssm:GetParameters",
      "xray:GetSamplingRules",
      "xray:GetSamplingStatisticSummaries",
      "xray:GetSamplingTargets",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ]
  }
}

resource "aws_iam_policy" "boundary" {
  name        = "github-${var.prefix}-boundary"
  description = "The most that a role made by a deploy can have"
  policy      = data.aws_iam_policy_document.boundary.json
}
