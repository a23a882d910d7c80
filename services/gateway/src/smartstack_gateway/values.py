"""Value types that capabilities share."""

import hashlib
import secrets
from typing import Literal

UpstreamName = Literal["tasks", "comms", "ai", "ops"]
"""A service behind the gateway."""


def new_secret() -> str:
    """Return 32 random bytes, safe in URLs and cookies."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """Return the stored form of a secret. SHA-256 suffices: 32 random bytes cannot be guessed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
