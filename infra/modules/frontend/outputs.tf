output "distribution_id" {
  description = "Id of the distribution, to invalidate after a release."
  value       = aws_cloudfront_distribution.this.id
}

output "distribution_arn" {
  description = "ARN of the distribution."
  value       = aws_cloudfront_distribution.this.arn
}

output "domain_name" {
  description = "CloudFront's own name of the distribution."
  value       = aws_cloudfront_distribution.this.domain_name
}

output "hosted_zone_id" {
  description = "CloudFront's hosted zone, for alias records."
  value       = aws_cloudfront_distribution.this.hosted_zone_id
}

output "web_bucket_name" {
  description = "Bucket that a release is synced into."
  value       = aws_s3_bucket.web.bucket
}

output "web_bucket_arn" {
  description = "ARN of that bucket."
  value       = local.bucket_arn
}
