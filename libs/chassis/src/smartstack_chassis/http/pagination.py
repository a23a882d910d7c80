"""Keyset pagination: a page is asked for with the last row's sort key, so that deep pages cost what the first costs."""

import base64
import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel

from smartstack_chassis.core.errors import Invalid

T = TypeVar("T")
DEFAULT_LIMIT = 50
MAX_LIMIT = 100
# A sort key may be a name: 200 characters outside the BMP, escaped and in base64.
MAX_CURSOR = 4000
# base64url; checked below and not by FastAPI, so that the refusal has a code of its own.
_CURSOR = r"^[A-Za-z0-9_-]+={0,2}$"


def instant(value: str) -> datetime:
    """Read a moment in a cursor; raises ValueError when it is none that Postgres can compare with."""
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("out of range") from error


def text(value: str) -> str:
    """Read a text in a cursor; raises ValueError for one that Postgres cannot hold."""
    if "\x00" in value:
        raise ValueError("NUL")
    value.encode()
    return value


class Page(BaseModel, Generic[T]):
    """One page; `next_cursor` is None on the last."""

    items: list[T]
    next_cursor: str | None


class PageRequest:
    """What page is asked for: at most `limit` rows after `cursor`."""

    def __init__(self, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> None:
        self.limit = limit
        self.cursor = cursor

    def after(self, *parse: Callable[[str], Any]) -> tuple[Any, ...] | None:
        """Return the sort key that the cursor holds, one value per parser, or None for the first page.

        Raises Invalid when the cursor was not made by this API.
        """
        if self.cursor is None:
            return None
        try:
            if not re.fullmatch(_CURSOR, self.cursor):
                raise ValueError("not base64url")
            values = json.loads(base64.urlsafe_b64decode(self.cursor + "=" * (-len(self.cursor) % 4)))
            if not isinstance(values, list) or len(values) != len(parse):
                raise ValueError("wrong number of values")
            return tuple(convert(str(value)) for convert, value in zip(parse, values, strict=True))
        except (ValueError, RecursionError) as error:
            raise Invalid.field("cursor", "Use the next_cursor of an earlier answer.", "invalid_cursor") from error

    def page(
        self, rows: Sequence[T], key: Callable[[T], tuple[datetime | UUID | str, ...]]
    ) -> tuple[list[T], str | None]:
        """Split `limit + 1` fetched rows into the page and the cursor of the next; `key` gives a row's sort key."""
        if len(rows) <= self.limit:
            return list(rows), None
        kept = list(rows[: self.limit])
        values = [value.isoformat() if isinstance(value, datetime) else str(value) for value in key(kept[-1])]
        return kept, base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


async def page_request(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(min_length=1, max_length=MAX_CURSOR, json_schema_extra={"pattern": _CURSOR})
    ] = None,
) -> PageRequest:
    """Return what page the query of a request asks for."""
    return PageRequest(limit, cursor)


Paging = Annotated[PageRequest, Depends(page_request)]
