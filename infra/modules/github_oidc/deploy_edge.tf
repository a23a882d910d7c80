data "aws_iam_policy_document" "deploy_edge" {
  # Distributions and certificates have ids instead of names, and CloudFront belongs to no region.
  #checkov:skip=CKV_AWS_111:Distributions and certificates have ids instead of names; the account bounds them
  #checkov:skip=CKV_AWS_356:Distributions and certificates have ids instead of names; the account bounds them
  statement {
    sid = "Distribution"

    actions = [
      "cloudfront:CreateCachePolicy",
      "cloudfront:CreateDistribution",
      "cloudfront:CreateFunction",
      "cloudfront:CreateInvalidation",
      "cloudfront:CreateOriginAccessControl",
      "cloudfront:CreateOriginRequestPolicy",
      "cloudfront:CreateResponseHeadersPolicy",
      "cloudfront:CreateVpcOrigin",
      "cloudfront:DeleteCachePolicy",
      "cloudfront:DeleteDistribution",
      "cloudfront:DeleteFunction",
      "cloudfront:DeleteOriginAccessControl",
      "cloudfront:DeleteOriginRequestPolicy",
      "cloudfront:DeleteResponseHeadersPolicy",
      "cloudfront:DeleteVpcOrigin",
      "cloudfront:PublishFunction",
      "cloudfront:TagResource",
      "cloudfront:UntagResource",
      "cloudfront:UpdateCachePolicy",
      "cloudfront:UpdateDistribution",
      "cloudfront:UpdateFunction",
      "cloudfront:UpdateOriginAccessControl",
      "cloudfront:UpdateOriginRequestPolicy",
      "cloudfront:UpdateResponseHeadersPolicy",
      "cloudfront:UpdateVpcOrigin",
      "cloudfront:AllowVendedLogDeliveryForResource",
    ]

    resources = ["arn:aws:cloudfront::${var.account_id}:*"]
  }

  statement {
    sid       = "Firewall"
    resources = ["arn:aws:wafv2:us-east-1:${var.account_id}:global/*"]

    actions = [
      "wafv2:AssociateWebACL",
      "wafv2:CreateWebACL",
      "wafv2:DeleteLoggingConfiguration",
      "wafv2:DeleteWebACL",
      "wafv2:PutLoggingConfiguration",
      "wafv2:TagResource",
      "wafv2:UntagResource",
      "wafv2:UpdateWebACL",
    ]
  }

  statement {
    sid       = "Certificates"
    actions   = ["acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:RemoveTagsFromCertificate", "acm:RequestCertificate"]
    resources = [for region in [var.region, "us-east-1"] : "arn:aws:acm:${region}:${var.account_id}:certificate/*"]
  }

  # With a zone of its own to make, a deploy does not know its id before.
  dynamic "statement" {
    for_each = var.hosted_zone_id == "" ? [true] : []

    content {
      sid       = "Zones"
      actions   = ["route53:ChangeTagsForResource", "route53:CreateHostedZone", "route53:DeleteHostedZone"]
      resources = ["arn:aws:route53:::hostedzone/*"]
    }
  }

  statement {
    sid       = "Names"
    actions   = ["route53:ChangeResourceRecordSets"]
    resources = ["arn:aws:route53:::hostedzone/${coalesce(var.hosted_zone_id, "*")}"]
  }

  statement {
    sid       = "Budgets"
    actions   = ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"]
    resources = ["arn:aws:budgets::${var.account_id}:budget/${local.names}"]
  }

  statement {
    sid       = "PublicApi"
    actions   = ["apigateway:DELETE", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT", "apigateway:TagResource"]
    resources = ["arn:aws:apigateway:${var.region}::/*"]
  }
}
