"""The gateway's rules, without any I/O."""

import hashlib
import hmac
import json
import secrets
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel

from smartstack_chassis.core.errors import Invalid

PASSWORD_MIN = 12
PASSWORD_MAX = 200
REFRESH_LIFETIME = timedelta(days=30)
SESSION_LIFETIME = timedelta(days=90)
SHARE_LINK_DEFAULT = timedelta(days=30)
SHARE_LINK_MAX = timedelta(days=365)


def normal_email(value: str) -> str:
    """Return the form under which an e-mail address is stored and looked up: two spellings of one are equal."""
    return unicodedata.normalize("NFC", value.strip()).lower()


def check_email(value: str) -> str:
    """Return the normal form. Raises ValueError for what cannot be an address; only a mail sent there proves one."""
    email = normal_email(value)
    local, _, host = email.rpartition("@")
    unfit = any(character.isspace() or not character.isprintable() for character in email)
    if not local or "@" in local or "." not in host.strip(".") or unfit or len(email) > 254:
        raise ValueError("Enter an e-mail address such as sam@example.com.")
    return email


def normal_password(value: str) -> str:
    """Return the form of a password that is hashed (NFKC): keyboards differ in how they compose a character."""
    return unicodedata.normalize("NFKC", value)


def check_password(value: str) -> str:
    """Return the password as it was typed. Raises ValueError, which says what a good one is."""
    normal = normal_password(value)
    if not PASSWORD_MIN <= len(normal) <= PASSWORD_MAX or len(value) > PASSWORD_MAX:
        raise ValueError(f"A password has {PASSWORD_MIN} to {PASSWORD_MAX} characters.")
    if normal.isspace():
        raise ValueError("A password is more than spaces.")
    return value


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def check_timezone(value: str) -> str:
    """Return the IANA name of a time zone. Raises ValueError when there is no such zone."""
    if value not in _timezones():
        raise ValueError("Use the IANA name of a time zone, such as Europe/London.")
    return value


def new_secret() -> str:
    """Return 32 random bytes, safe in URLs and cookies."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """Return what is stored of a secret. SHA-256 suffices: nobody can guess 32 random bytes."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def share_token(key: bytes, link_id: UUID) -> str:
    """Return the token of a share link: a pseudo-random function of its id under a key that only the gateway has.

    So a repeated request (same Idempotency-Key) is answered with the same token although only its digest is stored.
    """
    return urlsafe_b64encode(hmac.digest(key, b"share-link:" + link_id.bytes, "sha256")).decode().rstrip("=")


def share_link_expiry(now: datetime, asked: datetime | None) -> datetime:
    """Return when a link made `now` ends. Raises Invalid for a time that is past or over a year away."""
    if asked is None:
        return now + SHARE_LINK_DEFAULT
    if not now < asked <= now + SHARE_LINK_MAX:
        raise Invalid.field("expires_at", "Choose a time within the next year.", "invalid_expiry")
    return asked


def refresh_expiry(now: datetime, session_expires_at: datetime) -> datetime:
    """Return when a refresh token made `now` ends: with its session at the latest."""
    return min(now + REFRESH_LIFETIME, session_expires_at)


LIVE_IDS = ("client_id", "conversation_id", "message_id", "suggestion_id", "task_id", "project_id")


def live_ids(data: BaseModel) -> dict[str, str]:
    """Return the ids that an event's body names, its source's included: what a page has to read again."""
    flat = data.model_dump(mode="json", include={*LIVE_IDS, "source"})
    named = {**(flat.pop("source", None) or {}), **flat}
    return {key: named[key] for key in LIVE_IDS if named.get(key)}


def token_expiry(token: str) -> float:
    """Return when a verified access token ends, in seconds since 1970."""
    claims = token.split(".")[1]
    return float(json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"])


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day somewhere: `end` is where the next one starts. Both in UTC; a day may have 23 or 25 hours."""

    date: date
    start: datetime
    end: datetime


def day_of(now: datetime, timezone: str) -> Day:
    """Return the day that it is `now` in a zone with this IANA name."""
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    start, end = (datetime.combine(each, time.min, zone).astimezone(UTC) for each in (today, today + timedelta(days=1)))
    return Day(today, start, end)


def split_due(tasks: Sequence[dict[str, Any]], now: datetime, day: Day) -> tuple[list[Any], list[Any]]:
    """Return the tasks whose time is past, and those due in what is left of the day; others are left out."""
    overdue, due_today = [], []
    for task in tasks:
        due = datetime.fromisoformat(task["due_at"]) if task["due_at"] else None
        if due is not None and due < now:
            overdue.append(task)
        elif due is not None and due < day.end:
            due_today.append(task)
    return overdue, due_today
