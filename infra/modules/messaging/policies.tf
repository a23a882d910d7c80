# The rights of each service here, derived from the topology: publish to its own topics, consume its own queues. In one place,
# so that a change of the topology changes the rights with it.

locals {
  services = distinct(concat(
    [for topic in values(local.topics) : topic.service],
    [for queue in values(local.queues) : queue.service],
  ))

  own_topics       = { for service in local.services : service => [for name, topic in local.topics : local.topic_arns[name] if topic.service == service] }
  own_queues       = { for service in local.services : service => [for name, queue in local.queues : local.queue_arns[name] if queue.service == service] }
  own_dead_letters = { for service in local.services : service => [for queue in values(local.queues) : local.dead_letter_arns[queue.dead_letter_queue] if queue.service == service] }
}

data "aws_iam_policy_document" "service" {
  for_each = toset(local.services)

  statement {
    sid       = "PublishToOwnTopics"
    actions   = ["sns:Publish"]
    resources = local.own_topics[each.key]
  }

  statement {
    sid       = "ConsumeOwnQueues"
    resources = local.own_queues[each.key]

    actions = [
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "sqs:ReceiveMessage",
    ]
  }

  # A message that can never be handled is put aside with its reason.
  statement {
    sid       = "PutAside"
    actions   = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"]
    resources = local.own_dead_letters[each.key]
  }
}

# A person who answers for the dead letters: looks, puts back into the inbox it came from, discards.
data "aws_iam_policy_document" "operator" {
  statement {
    sid       = "DeadLetters"
    resources = values(local.dead_letter_arns)

    actions = [
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "sqs:ReceiveMessage",
    ]
  }

  statement {
    sid       = "Redrive"
    actions   = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"]
    resources = values(local.queue_arns)
  }
}

# Apart from the others, because it alone names something that does not exist before the first deploy: the rest can be read in
# a plan from nothing.
data "aws_iam_policy_document" "encryption" {
  statement {
    sid       = "EncryptEvents"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [module.key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sns.${var.region}.amazonaws.com", "sqs.${var.region}.amazonaws.com"]
    }
  }
}
