# One PostgreSQL instance, one schema a service. Services connect by IAM authentication, so no password of theirs exists; the
# master's is made, kept and rotated by RDS.

locals {
  name = "smartstack"

  memory_gb = {
    "db.t4g.micro"   = 1
    "db.t4g.small"   = 2
    "db.t4g.medium"  = 4
    "db.t4g.large"   = 8
    "db.m7g.large"   = 8
    "db.m7g.xlarge"  = 16
    "db.r7g.large"   = 16
    "db.r7g.xlarge"  = 32
    "db.r7g.2xlarge" = 64
  }
  # RDS's default: LEAST(DBInstanceClassMemory / 9531392, 5000); about a tenth of the memory is the system's.
  max_connections = min(floor(local.memory_gb[var.instance_class] * 0.9 * 1073741824 / 9531392), 5000)

  users = concat(flatten([for service in var.services : ["${service}_app", "${service}_migrator"]]), ["auditor"])

  parameters = {
    "password_encryption"        = "scram-sha-256"
    "log_statement"              = "ddl"
    "log_min_duration_statement" = "1000"
    # A slow statement is logged, what people wrote in it is not.
    "log_parameter_max_length"          = "0"
    "log_parameter_max_length_on_error" = "0"
    "log_lock_waits"                    = "1"
    "log_temp_files"                    = "10240"
  }
}

resource "aws_db_subnet_group" "main" {
  name       = var.prefix
  subnet_ids = var.subnet_ids
}

resource "aws_db_parameter_group" "main" {
  name        = "${var.prefix}-postgres${var.engine_version}"
  description = "TLS only; slow statements logged without their values"
  family      = "postgres${var.engine_version}"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  dynamic "parameter" {
    for_each = local.parameters

    content {
      name  = parameter.key
      value = parameter.value
    }
  }

  parameter {
    name         = "shared_preload_libraries"
    value        = "pg_stat_statements"
    apply_method = "pending-reboot"
  }

  # A new major version needs its group before the old one can go.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_log_group" "main" {
  for_each = toset(["postgresql", "upgrade"])

  name              = "/aws/rds/instance/${var.prefix}/${each.key}"
  kms_key_id        = var.logs_key_arn
  retention_in_days = var.log_retention_days
}

resource "aws_db_instance" "main" {
  #checkov:skip=CKV_AWS_157:Multi-AZ by environment: production has it, which the policy test holds
  #checkov:skip=CKV_AWS_293:Deletion protection by environment: production has it, which the policy test holds
  identifier     = var.prefix
  engine         = "postgres"
  engine_version = var.engine_version
  instance_class = var.instance_class
  # No db_name: provisioning creates the database with Postgres's own Unicode rules, which RDS has no setting for.

  storage_type          = "gp3"
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn
  allocated_storage     = var.storage_gb
  max_allocated_storage = var.max_storage_gb

  username                            = "master"
  manage_master_user_password         = true
  master_user_secret_kms_key_id       = var.kms_key_arn
  iam_database_authentication_enabled = true
  ca_cert_identifier                  = "rds-ca-rsa2048-g1"
  parameter_group_name                = aws_db_parameter_group.main.name

  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [var.security_group_id]
  publicly_accessible    = false
  multi_az               = var.multi_az

  backup_retention_period   = var.backup_days
  backup_window             = "02:00-03:00"
  maintenance_window        = "sun:03:30-sun:04:30"
  copy_tags_to_snapshot     = true
  delete_automated_backups  = !var.deletion_protection
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = !var.deletion_protection
  final_snapshot_identifier = var.deletion_protection ? "${var.prefix}-final" : null

  auto_minor_version_upgrade  = true
  allow_major_version_upgrade = false
  apply_immediately           = false

  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn
  database_insights_mode                = "standard"
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = var.kms_key_arn
  performance_insights_retention_period = 7
  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]

  # RDS would otherwise make the groups itself: without our key, and kept for ever.
  depends_on = [aws_cloudwatch_log_group.main]
}

data "aws_iam_policy_document" "monitoring_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["monitoring.rds.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

data "aws_iam_policy_document" "monitoring" {
  statement {
    actions   = ["logs:CreateLogGroup", "logs:PutRetentionPolicy"]
    resources = ["arn:aws:logs:${var.region}:${var.account_id}:log-group:RDSOSMetrics"]
  }

  statement {
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:PutLogEvents"]
    resources = ["arn:aws:logs:${var.region}:${var.account_id}:log-group:RDSOSMetrics:log-stream:*"]
  }
}

resource "aws_iam_role" "monitoring" {
  name                 = "${var.prefix}-database-monitoring"
  assume_role_policy   = data.aws_iam_policy_document.monitoring_trust.json
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "monitoring" {
  name   = "write-metrics"
  role   = aws_iam_role.monitoring.name
  policy = data.aws_iam_policy_document.monitoring.json
}

# Sign-in to the roles of the database: one policy for each.
data "aws_iam_policy_document" "connect" {
  for_each = toset(local.users)

  statement {
    sid       = "Connect"
    actions   = ["rds-db:connect"]
    resources = ["arn:aws:rds-db:${var.region}:${var.account_id}:dbuser:${aws_db_instance.main.resource_id}/${each.key}"]
  }
}
