"""The audit of dead letters: one object for each action, written before the action and never changed.

Key: `dead-letters/<yyyy>/<mm>/<dd>/<id>.<workspace id or none>.json`, the day in UTC and the id a UUIDv7 of the same
moment. Keys sort by time. A key names the workspace, so entries of other workspaces are never read.
Earlier entries are named `<id>.json`; only their content names the workspace.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from smartstack_contracts import made_at, new_id
from smartstack_ops.dead_letters.messages import DeadLetter

Action = Literal["redrive", "discard"]

ROOT = "dead-letters/"
AT_ONCE = 16
# Earlier entries of other workspaces are read too before they are passed over.
MOST_READ = 2000
_NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One action. `actor` is `user:<id>` through the API and `operator:<name on that machine>` through the command."""

    id: str
    at: datetime
    actor: str
    action: Action
    queue: str
    event_id: str | None
    message_id: str
    type: str | None
    reason: str
    why: str | None
    workspace_id: str | None

    @classmethod
    def of(cls, letter: DeadLetter, action: Action, actor: str, why: str | None) -> "Entry":
        """Return the entry for what is about to be done to a letter."""
        made = new_id()
        return cls(
            id=str(made),
            at=moment_of(made),
            actor=actor,
            action=action,
            queue=letter.queue,
            event_id=letter.event_id,
            message_id=letter.message_id,
            type=letter.type,
            reason=letter.reason,
            why=why,
            workspace_id=str(letter.workspace_id) if letter.workspace_id else None,
        )

    @property
    def key(self) -> str:
        """Return the name of the object."""
        return f"{ROOT}{self.at:%Y/%m/%d}/{self.id}.{self.workspace_id or _NONE}.json"


class Audit:
    """The entries in one bucket."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    async def write(self, entries: Iterable[Entry]) -> None:
        """Store the entries; returns when all of them are. Raises what S3 raises: then the deed must not be done."""
        await asyncio.gather(*(self._put(entry) for entry in entries))

    async def newest(self, workspace_id: UUID | None, limit: int, before: str | None) -> list[Entry]:
        """Return up to `limit` entries of a workspace (None: of all), the newest first, older than the id `before`."""
        found: list[Entry] = []
        read = 0
        wanted = None if workspace_id is None else str(workspace_id)
        async for day in self._days(before):
            keys = [key for key in day if wanted in (None, workspace_of(key) or wanted)]
            for start in range(0, len(keys), AT_ONCE):
                entries = await asyncio.gather(*(self._get(key) for key in keys[start : start + AT_ONCE]))
                read += len(entries)
                found += [each for each in entries if wanted in (None, each.workspace_id)]
                if len(found) >= limit or read >= MOST_READ:
                    return found[:limit]
        return found

    async def _days(self, before: str | None) -> AsyncIterator[list[str]]:
        """Yield the keys of each day, the newest first."""
        # Without what follows the id in a key: the entry itself then sorts behind, and is not read again.
        last = f"{ROOT}{moment_of(UUID(before)):%Y/%m/%d}/{before}" if before else None
        for year in await self._folders(ROOT):
            for month in await self._folders(year):
                for day in await self._folders(month):
                    if last is None or day <= last:
                        yield [key for key in await self._keys(day) if last is None or key < last]

    async def _folders(self, prefix: str) -> list[str]:
        answers = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix, Delimiter="/")
        found = [entry["Prefix"] async for answer in answers for entry in answer.get("CommonPrefixes", [])]
        return sorted(found, reverse=True)

    async def _keys(self, prefix: str) -> list[str]:
        answers = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        found = [entry["Key"] async for answer in answers for entry in answer.get("Contents", [])]
        return sorted(found, reverse=True)

    async def _put(self, entry: Entry) -> None:
        body = json.dumps(asdict(entry) | {"at": entry.at.isoformat()}, ensure_ascii=False).encode()
        await self._s3.put_object(Bucket=self._bucket, Key=entry.key, Body=body, ContentType="application/json")

    async def _get(self, key: str) -> Entry:
        answer = await self._s3.get_object(Bucket=self._bucket, Key=key)
        async with answer["Body"] as body:
            stored = json.loads(await body.read())
        return Entry(**stored | {"at": datetime.fromisoformat(stored["at"])})


def workspace_of(key: str) -> str | None:
    """Return the workspace that a key names, `none` for entries without one; None for a key of the earlier form."""
    parts = key.rpartition("/")[2].split(".")
    return parts[1] if len(parts) == 3 else None


def entry_id(value: str) -> str:
    """Return the id of an entry in its usual form. Raises ValueError when no entry can have it."""
    found = UUID(value)
    moment_of(found)
    return str(found)


def moment_of(made: UUID) -> datetime:
    """Return when a UUIDv7 was made: its first 48 bits are milliseconds since 1970 (RFC 9562, 5.7).

    Raises ValueError past the year 9999.
    """
    return datetime.fromtimestamp(made_at(made), UTC)


def entries(letters: Sequence[DeadLetter], action: Action, actor: str, why: str | None) -> list[Entry]:
    """Return the entries for one deed done to several letters."""
    return [Entry.of(letter, action, actor, why) for letter in letters]
