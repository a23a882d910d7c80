"""Public documents about the API."""
