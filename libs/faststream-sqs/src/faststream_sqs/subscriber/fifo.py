"""FIFO queues: the messages of a group in order, groups in parallel."""

from collections import deque
from typing import Any

from faststream_sqs.message import Lease, SQSRawMessage
from faststream_sqs.transport import WireMessage

from .intake import Intake


class FifoIntake(Intake):
    """Runs one task per message group.

    When a message fails, the messages received behind it are returned immediately: they must not overtake,
    and holding them would keep the group waiting for a whole visibility timeout.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._groups: dict[str, deque[SQSRawMessage]] = {}

    def start(self, messages: list[WireMessage]) -> int:
        """See `Work.start`: one task per group, one permit per message."""
        raws = self.take(messages)
        for raw in raws:
            group = raw.group_id or ""
            waiting = self._groups.get(group)
            if waiting is not None:
                waiting.append(raw)
            else:
                self._groups[group] = deque([raw])
                self._spawn(self._run_group(group), self._tasks.discard)
        return len(raws)

    async def _run_group(self, group: str) -> None:
        waiting = self._groups[group]
        try:
            while waiting:
                raw = waiting.popleft()
                try:
                    await self._run(raw)
                finally:
                    self._permits.release()
                if raw.lease in {Lease.RETURNED, Lease.LOST}:
                    return
        finally:
            # without an await since the last look at the queue, nothing can be added in between
            del self._groups[group]
            for follower in waiting:
                self.settlement.give_back(follower)
                self._permits.release()
