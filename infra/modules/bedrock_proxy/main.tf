# The only thing that may call a model. A function URL rather than API Gateway, because answers stream; signed by IAM, so that
# being public does not matter.

locals {
  name         = "${var.prefix}-bedrock-proxy"
  function_arn = "arn:aws:lambda:${var.region}:${var.account_id}:function:${local.name}"
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${local.name}"
  kms_key_id        = var.logs_key_arn
  retention_in_days = var.log_retention_days
}

# Turned by hand (`aws ssm put-parameter --overwrite`), without a deploy: true stops every call within 30 s.
resource "aws_ssm_parameter" "kill_switch" {
  #checkov:skip=CKV2_AWS_34:The value is true or false, which is not a secret
  name            = "/${var.prefix}/bedrock-proxy/kill-switch"
  description     = "true stops every call to a model"
  type            = "String"
  value           = "false"
  allowed_pattern = "^(true|false)$"

  lifecycle {
    ignore_changes = [value]
  }
}

# For calls that Lambda took and could not deliver. The URL calls the function directly, so whatever is in here is a surprise.
resource "aws_sqs_queue" "dead_letter" {
  name                              = "${local.name}-dlq"
  kms_master_key_id                 = var.kms_key_arn
  kms_data_key_reuse_period_seconds = 3600
  message_retention_seconds         = 1209600
}

data "aws_iam_policy_document" "dead_letter" {
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = ["arn:aws:sqs:${var.region}:${var.account_id}:${local.name}-dlq"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "dead_letter" {
  queue_url = aws_sqs_queue.dead_letter.url
  policy    = data.aws_iam_policy_document.dead_letter.json
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_117:Outside the network on purpose: it talks to AWS APIs alone, and nothing in the network should be in its reach
  #checkov:skip=CKV_AWS_272:Lambda does not sign container images; the image is named by its digest
  function_name = local.name
  description   = "Calls models for the ai service: token, allow-list, budget, prompt log, kill switch"
  role          = aws_iam_role.this.arn

  package_type  = "Image"
  image_uri     = var.image
  architectures = ["arm64"]

  memory_size                    = 512
  timeout                        = 90
  reserved_concurrent_executions = var.reserved_concurrency
  kms_key_arn                    = var.kms_key_arn

  environment {
    variables = {
      AWS_LWA_PORT                     = "8000"
      AWS_LWA_INVOKE_MODE              = "RESPONSE_STREAM"
      AWS_LWA_READINESS_CHECK_PATH     = "/health/live"
      SMARTSTACK_HTTP_HOST             = "127.0.0.1"
      SMARTSTACK_HTTP_PORT             = "8000"
      SMARTSTACK_ENVIRONMENT           = trimprefix(var.prefix, "smartstack-")
      SMARTSTACK_TOKEN_KEYS            = var.token_keys
      SMARTSTACK_ALLOWED_MODELS        = jsonencode(keys(var.models))
      SMARTSTACK_MODEL_PRICES          = jsonencode({ for id, model in var.models : id => model.price })
      SMARTSTACK_MAX_TOKENS            = tostring(var.max_tokens)
      SMARTSTACK_MONTHLY_BUDGET_USD    = tostring(var.workspace_budget_usd)
      SMARTSTACK_PROMPT_LOG_BUCKET     = var.prompt_log_bucket.name
      SMARTSTACK_BUDGET_TABLE          = var.budget_table.name
      SMARTSTACK_KILL_SWITCH_PARAMETER = aws_ssm_parameter.kill_switch.name
    }
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.dead_letter.arn
  }

  tracing_config {
    mode = "Active"
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.this.name
  }

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_lambda_function_url" "this" {
  function_name      = aws_lambda_function.this.function_name
  authorization_type = "AWS_IAM"
  invoke_mode        = "RESPONSE_STREAM"
}

# A caller of a function URL needs both.
resource "aws_lambda_permission" "url" {
  statement_id           = "ai-may-call-the-url"
  function_name          = aws_lambda_function.this.function_name
  action                 = "lambda:InvokeFunctionUrl"
  principal              = var.invoker_role_arn
  function_url_auth_type = "AWS_IAM"
}

resource "aws_lambda_permission" "function" {
  statement_id             = "ai-may-invoke-through-the-url"
  function_name            = aws_lambda_function.this.function_name
  action                   = "lambda:InvokeFunction"
  principal                = var.invoker_role_arn
  invoked_via_function_url = true
}
