"""What the gateway publishes about the API."""
