"""The engine that asks a model on Amazon Bedrock, through the proxy; the offline engine answers where that fails.

Importing :mod:`.engine` takes pydantic-ai and boto3 along, more than a second of CPU: only a process whose
settings choose this engine does so.
"""
