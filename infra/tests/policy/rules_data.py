"""Encryption and reach: stored data is encrypted, and CloudFront is the only way in."""

from collections.abc import Iterator

from policy.cloud import Cloud, Resource, known, statements
from policy.findings import rule

ANYWHERE = {"0.0.0.0/0", "::/0"}
# The uses of a key by a deploy, an administrator and the roles of services. A key policy that names fewer refuses the
# rest, whatever IAM says. Source: https://docs.aws.amazon.com/kms/latest/developerguide/ (key-policies, alias-access).
KEY_ACTIONS = frozenset({
    "kms:CreateAlias",
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:EnableKeyRotation",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UpdateAlias",
})  # fmt: skip


def _first(value: object) -> dict[str, object]:
    return value[0] if isinstance(value, list) and value else {}


@rule("database-encrypted")
def database_encrypted(cloud: Cloud) -> Iterator[str]:
    """The database is encrypted at rest with our own key and on the way, and knows no passwords of services."""
    for database in cloud.all("aws_db_instance"):
        if database["storage_encrypted"] is not True or not database["kms_key_id"]:
            yield f"{database['identifier']} is not encrypted with our own key"
        if database["iam_database_authentication_enabled"] is not True or not database["manage_master_user_password"]:
            yield f"{database['identifier']} uses passwords that a person has to keep"
    for group in cloud.all("aws_db_parameter_group"):
        forced = [one for one in group["parameter"] or [] if one["name"] == "rds.force_ssl" and one["value"] == "1"]
        if not forced:
            yield f"{group['name']} lets in connections without TLS"


@rule("buckets-closed")
def buckets_closed(cloud: Cloud) -> Iterator[str]:
    """Every bucket is encrypted (with our own key but for AWS's log delivery), versioned, private, over TLS alone."""
    for bucket in cloud.all("aws_s3_bucket"):
        parts = {
            kind: next((item for item in cloud.all(kind) if _of(item, bucket)), None)
            for kind in (
                "aws_s3_bucket_server_side_encryption_configuration",
                "aws_s3_bucket_public_access_block",
                "aws_s3_bucket_versioning",
                "aws_s3_bucket_policy",
            )
        }
        yield from _bucket(str(bucket["bucket"]), *parts.values())


def _of(item: Resource, bucket: Resource) -> bool:
    # A plan does not know the bucket's id; the address says which one it is.
    module = bucket.address.rpartition(bucket.type)[0]
    return item["bucket"] == bucket["bucket"] or item.address == f"{module}{item.type}.{bucket.name}"


def _bucket(
    name: str, encryption: Resource | None, block: Resource | None, versioning: Resource | None, policy: Resource | None
) -> Iterator[str]:
    rule_ = _first(encryption["rule"]) if encryption else {}
    default = _first(rule_.get("apply_server_side_encryption_by_default"))
    if default.get("sse_algorithm") != "aws:kms" and not name.endswith("-access-logs"):
        yield f"{name} is not encrypted with our own key"
    if not default:
        yield f"{name} does not say how it is encrypted"
    flags = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    if not block or not all(block[flag] for flag in flags):
        yield f"{name} could be made public"
    if not versioning or _first(versioning["versioning_configuration"]).get("status") != "Enabled":
        yield f"{name} is not versioned"
    denied = [one for one in statements(policy["policy"] if policy else None) if one.condition("aws:SecureTransport")]
    if not denied and (policy is None or known(policy["policy"])):
        yield f"{name} answers without TLS"


@rule("logs-encrypted")
def logs_encrypted(cloud: Cloud) -> Iterator[str]:
    """Every log is encrypted with our own key and expires."""
    for group in cloud.all("aws_cloudwatch_log_group"):
        if not group["kms_key_id"]:
            yield f"{group['name']} has no key"
        if not group["retention_in_days"]:
            yield f"{group['name']} is kept for ever"


@rule("tables-and-secrets-encrypted")
def tables_and_secrets_encrypted(cloud: Cloud) -> Iterator[str]:
    """Every table and every secret is encrypted with our own key; tables delete expired items."""
    for table in cloud.all("aws_dynamodb_table"):
        if not _first(table["server_side_encryption"]).get("enabled"):
            yield f"{table['name']} has no key"
        if not _first(table["ttl"]).get("enabled"):
            yield f"{table['name']} forgets nothing"
    for secret in cloud.all("aws_secretsmanager_secret"):
        if not secret["kms_key_id"]:
            yield f"{secret['name']} has no key"


@rule("keys-rotate")
def keys_rotate(cloud: Cloud) -> Iterator[str]:
    """Every key is rotated by AWS."""
    for key in cloud.all("aws_kms_key"):
        if key["enable_key_rotation"] is not True:
            yield f"{key.address} is not rotated"


@rule("keys-administered")
def keys_administered(cloud: Cloud) -> Iterator[str]:
    """Every key's policy lets the account's IAM policies decide on all that making, naming and using it takes."""
    for key in cloud.all("aws_kms_key"):
        if not known(key["policy"]):
            continue
        account = [one for one in statements(key["policy"]) if any(who.endswith(":root") for _, who in one.principals)]
        for action in sorted(action for action in KEY_ACTIONS if not any(one.gives(action) for one in account)):
            yield f"{key.address} lets no IAM policy allow {action}"


@rule("no-public-ingress")
def no_public_ingress(cloud: Cloud) -> Iterator[str]:
    """CloudFront is the only way in from the internet."""
    for balancer in cloud.all("aws_lb"):
        if balancer["internal"] is not True:
            yield f"load balancer {balancer['name']} is public"
    for ingress in cloud.all("aws_vpc_security_group_ingress_rule"):
        if {ingress["cidr_ipv4"], ingress["cidr_ipv6"]} & ANYWHERE:
            yield f"{ingress.address} lets in everybody"
    for group in cloud.all("aws_security_group"):
        for ingress in group["ingress"] if isinstance(group["ingress"], list) else []:
            if ANYWHERE & {*ingress.get("cidr_blocks", []), *ingress.get("ipv6_cidr_blocks", [])}:
                yield f"{group.address} lets in everybody"
    for database in cloud.all("aws_db_instance"):
        if database["publicly_accessible"]:
            yield f"database {database['identifier']} is public"
    for subnet in cloud.all("aws_subnet"):
        if subnet["map_public_ip_on_launch"]:
            yield f"{subnet.address} gives out public addresses"


@rule("web-behind-firewall")
def web_behind_firewall(cloud: Cloud) -> Iterator[str]:
    """Every distribution has the web ACL, which knows bad inputs and addresses and limits the rate; HTTPS only."""
    for distribution in cloud.all("aws_cloudfront_distribution"):
        if not distribution["web_acl_id"]:
            yield f"{distribution.address} has no web ACL"
        behaviours = [*(distribution["default_cache_behavior"] or []), *(distribution["ordered_cache_behavior"] or [])]
        if any(one["viewer_protocol_policy"] not in ("redirect-to-https", "https-only") for one in behaviours):
            yield f"{distribution.address} answers without TLS"
    wanted = {"rate", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesAmazonIpReputationList"}
    for acl in cloud.all("aws_wafv2_web_acl"):
        for missing in sorted(wanted - {one["name"] for one in acl["rule"] or []}):
            yield f"{acl['name']} has no rule {missing}"
