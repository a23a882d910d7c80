"""The HTTP edge: protocol, admission, middleware, dependencies of endpoints, problems, OpenAPI."""
