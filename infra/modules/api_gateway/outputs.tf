output "endpoint" {
  description = "URL of the API."
  value       = aws_apigatewayv2_api.this.api_endpoint
}

output "api_id" {
  description = "Id of the API."
  value       = aws_apigatewayv2_api.this.id
}
