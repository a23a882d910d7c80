# Topics, queues and subscriptions, exactly those of contracts/topology.json: what code publishes and consumes is what exists.

locals {
  topics        = var.topology.topics
  queues        = var.topology.queues
  subscriptions = { for item in var.topology.subscriptions : "${item.topic}-${item.queue}" => item }

  topic_arns       = { for name in keys(local.topics) : name => "arn:aws:sns:${var.region}:${var.account_id}:${var.prefix}-${name}" }
  queue_arns       = { for name in keys(local.queues) : name => "arn:aws:sqs:${var.region}:${var.account_id}:${var.prefix}-${name}" }
  dead_letter_arns = { for queue in values(local.queues) : queue.dead_letter_queue => "arn:aws:sqs:${var.region}:${var.account_id}:${var.prefix}-${queue.dead_letter_queue}" }

  # Which topics feed a queue; nothing else may write to it.
  feeds = {
    for name in keys(local.queues) : name => [
      for item in var.topology.subscriptions : local.topic_arns[item.topic] if item.queue == name
    ]
  }
}

module "key" {
  source = "../encryption_key"

  name        = "${var.prefix}-messaging"
  description = "Events in topics and queues"
  account_id  = var.account_id

  services = {
    # SNS writes to encrypted queues by itself.
    "sns.amazonaws.com" = {
      actions = ["kms:Decrypt", "kms:GenerateDataKey"]
      conditions = [
        { test = "StringEquals", variable = "aws:SourceAccount", values = [var.account_id] },
        { test = "ArnEquals", variable = "aws:SourceArn", values = values(local.topic_arns) },
      ]
    }
  }
}

resource "aws_sns_topic" "this" {
  for_each = local.topics

  name              = "${var.prefix}-${each.key}"
  kms_master_key_id = module.key.arn
  signature_version = 2
}

data "aws_iam_policy_document" "topic" {
  for_each = local.topics

  # A policy of our own replaces the one that lets the whole account do everything; who may publish, roles say.
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [local.topic_arns[each.key]]

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

resource "aws_sns_topic_policy" "this" {
  for_each = local.topics

  arn    = aws_sns_topic.this[each.key].arn
  policy = data.aws_iam_policy_document.topic[each.key].json
}

resource "aws_sqs_queue" "inbox" {
  for_each = local.queues

  name                              = "${var.prefix}-${each.key}"
  kms_master_key_id                 = module.key.arn
  kms_data_key_reuse_period_seconds = 3600
  message_retention_seconds         = each.value.message_retention_seconds
  visibility_timeout_seconds        = each.value.visibility_timeout_seconds
  receive_wait_time_seconds         = 20

  redrive_policy = jsonencode({
    deadLetterTargetArn = local.dead_letter_arns[each.value.dead_letter_queue]
    maxReceiveCount     = each.value.max_receive_count
  })

  depends_on = [aws_sqs_queue.dead_letter]
}

resource "aws_sqs_queue" "dead_letter" {
  for_each = { for name, queue in local.queues : queue.dead_letter_queue => queue }

  name                              = "${var.prefix}-${each.key}"
  kms_master_key_id                 = module.key.arn
  kms_data_key_reuse_period_seconds = 3600
  message_retention_seconds         = each.value.dead_letter_retention_seconds
}

resource "aws_sqs_queue_redrive_allow_policy" "dead_letter" {
  for_each = { for name, queue in local.queues : queue.dead_letter_queue => name }

  queue_url = aws_sqs_queue.dead_letter[each.key].url

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.queue_arns[each.value]]
  })
}

data "aws_iam_policy_document" "queue" {
  for_each = merge(
    { for name in keys(local.queues) : name => { arn = local.queue_arns[name], feeds = local.feeds[name] } },
    { for name, queue in local.queues : queue.dead_letter_queue => { arn = local.dead_letter_arns[queue.dead_letter_queue], feeds = local.feeds[name] } },
  )

  # To the dead-letter queue too: there goes what SNS cannot deliver.
  statement {
    sid       = "FromItsTopics"
    actions   = ["sqs:SendMessage"]
    resources = [each.value.arn]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = each.value.feeds
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [each.value.arn]

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

resource "aws_sqs_queue_policy" "inbox" {
  for_each = local.queues

  queue_url = aws_sqs_queue.inbox[each.key].url
  policy    = data.aws_iam_policy_document.queue[each.key].json
}

resource "aws_sqs_queue_policy" "dead_letter" {
  for_each = aws_sqs_queue.dead_letter

  queue_url = each.value.url
  policy    = data.aws_iam_policy_document.queue[each.key].json
}

resource "aws_sns_topic_subscription" "this" {
  for_each = local.subscriptions

  topic_arn            = aws_sns_topic.this[each.value.topic].arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.inbox[each.value.queue].arn
  raw_message_delivery = each.value.raw
  filter_policy        = jsonencode(each.value.filter)
  filter_policy_scope  = "MessageAttributes"

  redrive_policy = jsonencode({
    deadLetterTargetArn = local.dead_letter_arns[local.queues[each.value.queue].dead_letter_queue]
  })

  # Without its policies a queue refuses the first message.
  depends_on = [aws_sqs_queue_policy.inbox, aws_sqs_queue_policy.dead_letter]
}
