output "key_arn" {
  description = "The key that encrypts events."
  value       = module.key.arn
}

output "topic_arns" {
  description = "ARNs by the topology's topic names."
  value       = local.topic_arns
  depends_on  = [aws_sns_topic.this]
}

output "queue_arns" {
  description = "ARNs by the topology's queue names."
  value       = local.queue_arns
  depends_on  = [aws_sqs_queue.inbox]
}

output "queue_urls" {
  description = "URLs by the topology's queue names."
  value       = { for name, queue in aws_sqs_queue.inbox : name => queue.url }
}

output "dead_letter_queue_arns" {
  description = "ARNs by the topology's names of dead-letter queues."
  value       = local.dead_letter_arns
  depends_on  = [aws_sqs_queue.dead_letter]
}

output "queues" {
  description = "Each inbox with its dead-letter queue, by the topology's queue name: full names, ARNs, the service that consumes it."
  value = {
    for name, queue in local.queues : name => {
      service                    = queue.service
      name                       = "${var.prefix}-${name}"
      arn                        = local.queue_arns[name]
      url                        = "https://sqs.${var.region}.amazonaws.com/${var.account_id}/${var.prefix}-${name}"
      dead_letter_name           = "${var.prefix}-${queue.dead_letter_queue}"
      dead_letter_arn            = local.dead_letter_arns[queue.dead_letter_queue]
      visibility_timeout_seconds = queue.visibility_timeout_seconds
    }
  }
  depends_on = [aws_sqs_queue.inbox, aws_sqs_queue.dead_letter]
}

output "service_policy_json" {
  description = "IAM policy by service: publish to its own topics, consume its own queues."
  value       = { for service, document in data.aws_iam_policy_document.service : service => document.json }
}

output "operator_policy_json" {
  description = "IAM policy for the person who answers for the dead letters."
  value       = data.aws_iam_policy_document.operator.json
}

output "encryption_policy_json" {
  description = "IAM policy for publishers and consumers: use the key, through SNS and SQS alone."
  value       = data.aws_iam_policy_document.encryption.json
}
