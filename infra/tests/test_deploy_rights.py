"""What the code makes, a deploy has to be allowed to make: seen here rather than half-way through the first deploy."""

import re

from hcl import INFRA, everywhere

# How AWS calls making one of these. Parts of something else are made with the right to change that.
MAKES = {
    "aws_acm_certificate": "acm:RequestCertificate",
    "aws_apigatewayv2_api": "apigateway:POST",
    "aws_apigatewayv2_integration": "apigateway:POST",
    "aws_apigatewayv2_route": "apigateway:POST",
    "aws_apigatewayv2_stage": "apigateway:POST",
    "aws_apigatewayv2_vpc_link": "apigateway:POST",
    "aws_appautoscaling_policy": "application-autoscaling:PutScalingPolicy",
    "aws_appautoscaling_target": "application-autoscaling:RegisterScalableTarget",
    "aws_budgets_budget": "budgets:ModifyBudget",
    "aws_cloudfront_cache_policy": "cloudfront:CreateCachePolicy",
    "aws_cloudfront_distribution": "cloudfront:CreateDistribution",
    "aws_cloudfront_function": "cloudfront:CreateFunction",
    "aws_cloudfront_origin_access_control": "cloudfront:CreateOriginAccessControl",
    "aws_cloudfront_response_headers_policy": "cloudfront:CreateResponseHeadersPolicy",
    "aws_cloudfront_vpc_origin": "cloudfront:CreateVpcOrigin",
    "aws_cloudwatch_dashboard": "cloudwatch:PutDashboard",
    "aws_cloudwatch_log_delivery": "logs:CreateDelivery",
    "aws_cloudwatch_log_delivery_destination": "logs:PutDeliveryDestination",
    "aws_cloudwatch_log_delivery_source": "logs:PutDeliverySource",
    "aws_cloudwatch_log_group": "logs:CreateLogGroup",
    "aws_cloudwatch_log_metric_filter": "logs:PutMetricFilter",
    "aws_cloudwatch_metric_alarm": "cloudwatch:PutMetricAlarm",
    "aws_db_instance": "rds:CreateDBInstance",
    "aws_db_parameter_group": "rds:CreateDBParameterGroup",
    "aws_db_subnet_group": "rds:CreateDBSubnetGroup",
    "aws_default_security_group": "ec2:RevokeSecurityGroupIngress",
    "aws_dynamodb_table": "dynamodb:CreateTable",
    "aws_ecs_cluster": "ecs:CreateCluster",
    "aws_ecs_cluster_capacity_providers": "ecs:PutClusterCapacityProviders",
    "aws_ecs_service": "ecs:CreateService",
    "aws_ecs_task_definition": "ecs:RegisterTaskDefinition",
    "aws_eip": "ec2:AllocateAddress",
    "aws_flow_log": "ec2:CreateFlowLogs",
    "aws_iam_role": "iam:CreateRole",
    "aws_iam_role_policy": "iam:PutRolePolicy",
    "aws_internet_gateway": "ec2:CreateInternetGateway",
    "aws_kms_alias": "kms:CreateAlias",
    "aws_kms_key": "kms:CreateKey",
    "aws_lambda_function": "lambda:CreateFunction",
    "aws_lambda_function_url": "lambda:CreateFunctionUrlConfig",
    "aws_lambda_permission": "lambda:AddPermission",
    "aws_lb": "elasticloadbalancing:CreateLoadBalancer",
    "aws_lb_listener": "elasticloadbalancing:CreateListener",
    "aws_lb_listener_rule": "elasticloadbalancing:CreateRule",
    "aws_lb_target_group": "elasticloadbalancing:CreateTargetGroup",
    "aws_nat_gateway": "ec2:CreateNatGateway",
    "aws_route": "ec2:CreateRoute",
    "aws_route53_record": "route53:ChangeResourceRecordSets",
    "aws_route53_zone": "route53:CreateHostedZone",
    "aws_route_table": "ec2:CreateRouteTable",
    "aws_route_table_association": "ec2:AssociateRouteTable",
    "aws_s3_account_public_access_block": "s3:PutAccountPublicAccessBlock",
    "aws_s3_bucket": "s3:CreateBucket",
    "aws_s3_bucket_cors_configuration": "s3:PutBucketCORS",
    "aws_s3_bucket_lifecycle_configuration": "s3:PutLifecycleConfiguration",
    "aws_s3_bucket_logging": "s3:PutBucketLogging",
    "aws_s3_bucket_object_lock_configuration": "s3:PutBucketObjectLockConfiguration",
    "aws_s3_bucket_ownership_controls": "s3:PutBucketOwnershipControls",
    "aws_s3_bucket_policy": "s3:PutBucketPolicy",
    "aws_s3_bucket_public_access_block": "s3:PutBucketPublicAccessBlock",
    "aws_s3_bucket_server_side_encryption_configuration": "s3:PutEncryptionConfiguration",
    "aws_s3_bucket_versioning": "s3:PutBucketVersioning",
    "aws_secretsmanager_secret": "secretsmanager:CreateSecret",
    "aws_security_group": "ec2:CreateSecurityGroup",
    "aws_service_discovery_http_namespace": "servicediscovery:CreateHttpNamespace",
    "aws_sns_topic": "sns:CreateTopic",
    "aws_sns_topic_policy": "sns:SetTopicAttributes",
    "aws_sns_topic_subscription": "sns:Subscribe",
    "aws_sqs_queue": "sqs:CreateQueue",
    "aws_sqs_queue_policy": "sqs:SetQueueAttributes",
    "aws_sqs_queue_redrive_allow_policy": "sqs:SetQueueAttributes",
    "aws_ssm_parameter": "ssm:PutParameter",
    "aws_subnet": "ec2:CreateSubnet",
    "aws_vpc": "ec2:CreateVpc",
    "aws_vpc_endpoint": "ec2:CreateVpcEndpoint",
    "aws_vpc_security_group_egress_rule": "ec2:AuthorizeSecurityGroupEgress",
    "aws_vpc_security_group_ingress_rule": "ec2:AuthorizeSecurityGroupIngress",
    "aws_wafv2_web_acl": "wafv2:CreateWebACL",
    "aws_wafv2_web_acl_logging_configuration": "wafv2:PutLoggingConfiguration",
    "aws_xray_group": "xray:CreateGroup",
}
# Nothing is made: it waits until something else is ready.
WAITS = {"aws_acm_certificate_validation"}
BOOTSTRAP = {INFRA / "bootstrap", INFRA / "modules/github_oidc"}


def test_a_deploy_may_make_all_that_the_code_makes() -> None:
    made = {block.labels[0] for block in everywhere("resource") if block.file.parent not in BOOTSTRAP} - WAITS
    rights = {
        action
        for file in (INFRA / "modules/github_oidc").glob("deploy_*.tf")
        for action in re.findall(r'"([a-z0-9-]+:[A-Za-z0-9]+)"', file.read_text())
    }
    assert made - MAKES.keys() == set()
    assert {f"{kind}: {MAKES[kind]}" for kind in made if MAKES[kind] not in rights} == set()
