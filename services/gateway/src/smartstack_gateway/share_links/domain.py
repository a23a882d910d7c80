"""Rules of share links, without any I/O."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from uuid import UUID

from smartstack_chassis.core.errors import Invalid

SHARE_LINK_DEFAULT = timedelta(days=30)
SHARE_LINK_MAX = timedelta(days=365)


def share_token(key: bytes, link_id: UUID) -> str:
    """Return the token of a share link: a pseudo-random function of its id under a key that only the gateway has.

    So a repeated request (same Idempotency-Key) is answered with the same token although only its digest is stored.
    """
    return urlsafe_b64encode(hmac.digest(key, b"share-link:" + link_id.bytes, "sha256")).decode().rstrip("=")


def new_visit(key: bytes, link_id: UUID) -> str:
    """Return what proves that a visit through this link was counted: 16 random bytes and their MAC."""
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{_visit_mac(key, link_id, nonce)}"


def is_visit(key: bytes, link_id: UUID, visit: str) -> bool:
    """Return whether `visit` proves that a visit through this link was counted."""
    nonce, _, mac = visit.partition(".")
    return hmac.compare_digest(_visit_mac(key, link_id, nonce).encode(), mac.encode("utf-8", "surrogatepass"))


def _visit_mac(key: bytes, link_id: UUID, nonce: str) -> str:
    return hmac.digest(key, b"visit:" + link_id.bytes + nonce.encode("utf-8", "surrogatepass"), "sha256").hex()


def share_link_expiry(now: datetime, asked: datetime | None) -> datetime:
    """Return when a link made `now` ends. Raises Invalid for a time that is past or over a year away."""
    if asked is None:
        return now + SHARE_LINK_DEFAULT
    if not now < asked <= now + SHARE_LINK_MAX:
        raise Invalid.field("expires_at", "Choose a time within the next year.", "invalid_expiry")
    return asked
