locals {
  profile_arns = [for id in keys(var.models) : "arn:aws:bedrock:${var.region}:${var.account_id}:inference-profile/${id}"]

  # A profile runs the model in one of its regions, so the right to the model is needed in each.
  model_arns = distinct(flatten([
    for model in values(var.models) : [
      for region in model.regions : "arn:aws:bedrock:${region}::foundation-model/${model.foundation_model}"
    ]
  ]))
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = local.name
  description          = "The only role that may call a model"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.permissions_boundary_arn
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "CallProfiles"
    actions   = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    resources = local.profile_arns
  }

  statement {
    sid       = "ModelsBehindProfiles"
    actions   = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    resources = local.model_arns

    condition {
      test     = "StringEquals"
      variable = "bedrock:InferenceProfileArn"
      values   = local.profile_arns
    }
  }

  statement {
    sid       = "CountBudgets"
    actions   = ["dynamodb:UpdateItem"]
    resources = [var.budget_table.arn]
  }

  statement {
    sid       = "WritePromptLog"
    actions   = ["s3:PutObject"]
    resources = ["${var.prompt_log_bucket.arn}/*"]
  }

  statement {
    sid       = "ReadKillSwitch"
    actions   = ["ssm:GetParameter"]
    resources = ["arn:aws:ssm:${var.region}:${var.account_id}:parameter/${var.prefix}/bedrock-proxy/kill-switch"]
  }

  statement {
    sid       = "WriteLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:aws:logs:${var.region}:${var.account_id}:log-group:/aws/lambda/${local.name}:*"]
  }

  statement {
    sid       = "PutAside"
    actions   = ["sqs:SendMessage"]
    resources = ["arn:aws:sqs:${var.region}:${var.account_id}:${local.name}-dlq"]
  }
}

# Apart, because they name what has no name of its own: X-Ray has no resources, a key gets its id when it is made.
data "aws_iam_policy_document" "tracing" {
  #checkov:skip=CKV_AWS_111:X-Ray has no resources to name
  #checkov:skip=CKV_AWS_356:X-Ray has no resources to name
  statement {
    sid       = "WriteTraces"
    actions   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "encryption" {
  statement {
    sid       = "EncryptData"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.kms_key_arn]
  }
}

resource "aws_iam_role_policy" "this" {
  name   = "call-models"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_iam_role_policy" "tracing" {
  name   = "trace"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.tracing.json
}

resource "aws_iam_role_policy" "encryption" {
  name   = "encrypt"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.encryption.json
}

# For the ai service's role.
data "aws_iam_policy_document" "invoke" {
  statement {
    sid       = "CallTheProxyUrl"
    actions   = ["lambda:InvokeFunctionUrl"]
    resources = [local.function_arn]

    condition {
      test     = "StringEquals"
      variable = "lambda:FunctionUrlAuthType"
      values   = ["AWS_IAM"]
    }
  }

  statement {
    sid       = "ThroughTheUrlAlone"
    actions   = ["lambda:InvokeFunction"]
    resources = [local.function_arn]

    condition {
      test     = "Bool"
      variable = "lambda:InvokedViaFunctionUrl"
      values   = ["true"]
    }
  }
}
