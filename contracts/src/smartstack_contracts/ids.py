"""Identifiers shared by every service."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a new UUIDv7 (RFC 9562): ids sort by the time they were made, which keeps index pages warm."""
    return uuid7()


def first_id(moment: float) -> UUID:
    """Return the smallest UUIDv7 of a moment in seconds since 1970: milliseconds in the first 48 bits (RFC 9562)."""
    return UUID(int=max(int(moment * 1000), 0) << 80)


def made_at(made: UUID) -> float:
    """Return when a UUIDv7 was made, in seconds since 1970: its first 48 bits (RFC 9562)."""
    return (made.int >> 80) / 1000
