# Buckets of contracts/topology.json: encrypted with our key, versioned, private, over TLS alone, and nothing is kept for ever.

locals {
  buckets      = var.topology.buckets
  bucket_names = { for name in keys(local.buckets) : name => "${var.prefix}-${var.account_id}-${name}" }
  bucket_arns  = { for name, full_name in local.bucket_names : name => "arn:aws:s3:::${full_name}" }

  # An audit is worthless if the audited person can delete it.
  locked = { for name in keys(local.buckets) : name => var.audit_lock_days if name == "audit" }
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_144:Logs and audit records stay in the region that their workspaces were promised
  #checkov:skip=CKV2_AWS_62:No process waits for an object: only its writer acts on it
  for_each = local.buckets

  bucket              = local.bucket_names[each.key]
  object_lock_enabled = contains(keys(local.locked), each.key)
  force_destroy       = !var.deletion_protection
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = aws_s3_bucket.this

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "this" {
  for_each = local.locked

  bucket     = aws_s3_bucket.this[each.key].id
  depends_on = [aws_s3_bucket_versioning.this]

  rule {
    default_retention {
      # Compliance: not even the account's root shortens it. A test environment must be able to go away.
      mode = var.deletion_protection ? "COMPLIANCE" : "GOVERNANCE"
      days = each.value
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = local.buckets

  bucket     = aws_s3_bucket.this[each.key].id
  depends_on = [aws_s3_bucket_versioning.this]

  rule {
    id     = "expire"
    status = "Enabled"
    filter {}

    expiration {
      days = each.value.expire_days
    }

    # Expired objects are deleted a day later, not kept as old versions.
    noncurrent_version_expiration {
      noncurrent_days = 1
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_s3_bucket_logging" "this" {
  for_each = aws_s3_bucket.this

  bucket        = each.value.id
  target_bucket = aws_s3_bucket.access_logs.id
  target_prefix = "s3/${each.key}/"
}

data "aws_iam_policy_document" "bucket" {
  for_each = local.buckets

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.bucket_arns[each.key], "${local.bucket_arns[each.key]}/*"]

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

resource "aws_s3_bucket_policy" "this" {
  for_each = local.buckets

  bucket     = aws_s3_bucket.this[each.key].id
  policy     = data.aws_iam_policy_document.bucket[each.key].json
  depends_on = [aws_s3_bucket_public_access_block.this]
}
