"""Rules of sessions, without any I/O."""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

REFRESH_LIFETIME = timedelta(days=30)
SESSION_LIFETIME = timedelta(days=90)
REPEAT_WINDOW = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Renewal:
    """A refresh token as it came: `device` is the digest of the browser that sent it."""

    secret: str
    device: bytes
    now: datetime

    def repeats(self, used_at: datetime, used_by: bytes | None) -> bool:
        """Return whether this is the exchange of a token that was used then, sent again: its answer got lost.

        The same device sends it again within seconds. Later, or from elsewhere, it is a stolen token.
        """
        return used_by == self.device and self.now - used_at <= REPEAT_WINDOW


def next_secret(key: bytes, secret: str) -> str:
    """Return the refresh token after this one: a pseudo-random function under a key that only the gateway has.

    So an exchange that is sent again gets the same answer, although the table holds digests alone.
    """
    return urlsafe_b64encode(hmac.digest(key, secret.encode("utf-8", "surrogatepass"), "sha256")).decode().rstrip("=")


def refresh_expiry(now: datetime, session_expires_at: datetime) -> datetime:
    """Return when a refresh token made `now` ends: with its session at the latest."""
    return min(now + REFRESH_LIFETIME, session_expires_at)
