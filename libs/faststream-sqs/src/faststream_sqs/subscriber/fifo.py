"""Keeps the messages of a FIFO group in order while groups run in parallel."""

from collections import deque
from collections.abc import Iterable

from faststream_sqs.message import SQSRawMessage


class GroupQueues:
    """What is received but not started, by message group. A group has one runner at a time."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[SQSRawMessage]] = {}

    def add(self, raws: Iterable[SQSRawMessage]) -> list[str]:
        """Adds messages; returns the groups that need a runner."""
        new_groups = []
        for raw in raws:
            group = raw.group_id or ""
            if group not in self._waiting:
                self._waiting[group] = deque()
                new_groups.append(group)
            self._waiting[group].append(raw)
        return new_groups

    def next(self, group: str) -> SQSRawMessage | None:
        """The next message of a group; with None its runner must end."""
        waiting = self._waiting.get(group)
        if not waiting:
            self._waiting.pop(group, None)
            return None
        return waiting.popleft()

    def clear(self, group: str) -> list[SQSRawMessage]:
        """Empties a group; returns what was waiting. The group may have a new runner afterwards."""
        return list(self._waiting.pop(group, ()))
