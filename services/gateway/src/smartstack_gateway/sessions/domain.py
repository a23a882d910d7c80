"""Rules of sessions, without any I/O."""

from datetime import datetime, timedelta

REFRESH_LIFETIME = timedelta(days=30)
SESSION_LIFETIME = timedelta(days=90)


def refresh_expiry(now: datetime, session_expires_at: datetime) -> datetime:
    """Return when a refresh token made `now` ends: with its session at the latest."""
    return min(now + REFRESH_LIFETIME, session_expires_at)
