"""Who did what to dead letters: one object for each, written before the deed, never changed.

Key: `dead-letters/<yyyy>/<mm>/<dd>/<id>.json`, the day in UTC and the id a UUIDv7 of the same moment, so that the order
of keys is the order of time.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from smartstack_cli.dead_letters.letters import Letter
from smartstack_contracts import new_id

Action = Literal["redrive", "discard"]

ROOT = "dead-letters/"
AT_ONCE = 16
# Entries of other workspaces are read too before they are passed over.
MOST_READ = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One deed. `actor` is `user:<id>` through the API and `operator:<name on that machine>` through the command."""

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
    def of(cls, letter: Letter, action: Action, actor: str, why: str | None) -> "Entry":
        """Return the entry for what is about to be done to a letter."""
        entry_id = new_id()
        return cls(
            id=str(entry_id),
            at=moment_of(entry_id),
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
        return f"{ROOT}{self.at:%Y/%m/%d}/{self.id}.json"


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
        async for keys in self._days(before):
            for start in range(0, len(keys), AT_ONCE):
                entries = await asyncio.gather(*(self._get(key) for key in keys[start : start + AT_ONCE]))
                read += len(entries)
                wanted = None if workspace_id is None else str(workspace_id)
                found += [each for each in entries if wanted in (None, each.workspace_id)]
                if len(found) >= limit or read >= MOST_READ:
                    return found[:limit]
        return found

    async def _days(self, before: str | None) -> AsyncIterator[list[str]]:
        """Yield the keys of each day, the newest first."""
        last = f"{ROOT}{moment_of(UUID(before)):%Y/%m/%d}/{before}.json" if before else None
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


def moment_of(entry_id: UUID) -> datetime:
    """Return when a UUIDv7 was made: its first 48 bits are milliseconds since 1970 (RFC 9562, 5.7)."""
    return datetime.fromtimestamp((entry_id.int >> 80) / 1000, UTC)


def entries(letters: Sequence[Letter], action: Action, actor: str, why: str | None) -> list[Entry]:
    """Return the entries for one deed done to several letters."""
    return [Entry.of(letter, action, actor, why) for letter in letters]
