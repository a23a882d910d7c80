# Access logs of the load balancer, the distribution and the other buckets. AWS's log delivery writes to
# buckets with S3's own encryption only.

locals {
  access_logs_name = "${var.prefix}-${var.account_id}-access-logs"
  access_logs_arn  = "arn:aws:s3:::${local.access_logs_name}"

  # Each deliverer with its folder; all for things of this account alone.
  deliverers = {
    "logging.s3.amazonaws.com"                       = "s3"
    "logdelivery.elasticloadbalancing.amazonaws.com" = "alb"
    "delivery.logs.amazonaws.com"                    = "cloudfront"
  }
}

resource "aws_s3_bucket" "access_logs" {
  #checkov:skip=CKV_AWS_145:Log delivery cannot write with our key (ALB: S3-managed keys only)
  #checkov:skip=CKV_AWS_18:A log of writing the log would never end
  #checkov:skip=CKV_AWS_144:Access logs stay in the region that their workspaces were promised
  #checkov:skip=CKV2_AWS_62:No process waits for a log file
  bucket        = local.access_logs_name
  force_destroy = !var.deletion_protection
}

resource "aws_s3_bucket_ownership_controls" "access_logs" {
  bucket = aws_s3_bucket.access_logs.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "access_logs" {
  bucket                  = aws_s3_bucket.access_logs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "access_logs" {
  bucket = aws_s3_bucket.access_logs.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "access_logs" {
  bucket = aws_s3_bucket.access_logs.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "access_logs" {
  bucket     = aws_s3_bucket.access_logs.id
  depends_on = [aws_s3_bucket_versioning.access_logs]

  rule {
    id     = "expire"
    status = "Enabled"
    filter {}

    expiration {
      days = var.access_log_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

data "aws_iam_policy_document" "access_logs" {
  dynamic "statement" {
    for_each = local.deliverers

    content {
      sid       = "Deliver${title(statement.value)}"
      actions   = ["s3:PutObject"]
      resources = ["${local.access_logs_arn}/${statement.value}/*"]

      principals {
        type        = "Service"
        identifiers = [statement.key]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [var.account_id]
      }
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.access_logs_arn, "${local.access_logs_arn}/*"]

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

resource "aws_s3_bucket_policy" "access_logs" {
  bucket     = aws_s3_bucket.access_logs.id
  policy     = data.aws_iam_policy_document.access_logs.json
  depends_on = [aws_s3_bucket_public_access_block.access_logs]
}
