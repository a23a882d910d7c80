"""One dead-letter queue and its inbox.

SQS shows a message only by handing it out. To look is to receive with a short visibility timeout and then make the
messages visible again immediately. The queue has no redrive policy, so its receive counts mean nothing. A process that
is killed in between hides the messages only for that timeout.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from faststream_sqs.wire import BATCH_ENTRIES, SQS_MAX_BYTES, attributes_size, byte_length
from smartstack_ops.dead_letters.messages import DeadLetter, discard_mark, read, strip_dlq_attributes

PARALLEL = 5
# Messages may have a quarter of a mebibyte each: who holds a thousand of those has seen enough for now.
HELD_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of messages in a queue, as far as SQS knows."""

    visible: int
    in_flight: int


class DeadLetterQueue:
    """Access to `name`, whose messages came from the queue at `inbox_url` after `attempts` deliveries."""

    def __init__(self, sqs: Any, name: str, url: str, inbox_url: str, *, attempts: int, patience: int) -> None:
        self.name = name
        self.attempts = attempts
        self._sqs = sqs
        self._url = url
        self._inbox_url = inbox_url
        self._patience = patience

    async def hold(self, seconds: int, most: int, deadline: float) -> list[DeadLetter]:
        """Return up to `most` letters, taken until `deadline` (of the monotonic clock).

        They are kept from everybody else for `seconds`.
        """
        held: dict[str, DeadLetter] = {}
        width, size = 1, 0
        while len(held) < most and size < HELD_BYTES and time.monotonic() < deadline:
            answers = await asyncio.gather(*(self._receive(seconds) for _ in range(width)))
            received = [raw for answer in answers for raw in answer]
            known = len(held)
            held |= {raw["MessageId"]: read(self.name, raw, self.attempts) for raw in received}
            if len(held) == known:
                break
            width, size = PARALLEL, size + sum(len(raw["Body"]) for raw in received)
        return list(held.values())

    async def give_back(self, letters: Iterable[DeadLetter]) -> None:
        """Make held letters visible again."""
        await asyncio.gather(*(self._give_back(batch) for batch in batches(letters)))

    async def delete(self, letters: Sequence[DeadLetter]) -> list[DeadLetter]:
        """Delete held letters, at most ten; returns those that are still there."""
        entries = [{"Id": str(index), "ReceiptHandle": _handle(each)} for index, each in enumerate(letters)]
        answer = await self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)
        return [letters[int(failure["Id"])] for failure in answer.get("Failed", [])]

    async def send_to_inbox(self, letters: Sequence[DeadLetter]) -> list[DeadLetter]:
        """Send letters, at most one batch of them, to the inbox they came from; returns those that were refused."""
        entries = [
            {"Id": str(index), "MessageBody": each.body, "MessageAttributes": strip_dlq_attributes(_attributes(each))}
            for index, each in enumerate(letters)
        ]
        answer = await self._sqs.send_message_batch(QueueUrl=self._inbox_url, Entries=entries)
        return [letters[int(failure["Id"])] for failure in answer.get("Failed", [])]

    async def report_discarded(self, letters: Sequence[DeadLetter]) -> list[DeadLetter]:
        """Let the inbox's service record discarded events as handled, or they would count as undelivered.

        At most one batch; returns those that were refused. A letter that names no event is passed over.
        """
        entries = [
            {"Id": str(index), "MessageBody": "{}", "MessageAttributes": mark}
            for index, mark in enumerate(map(discard_mark, letters))
            if mark is not None
        ]
        if not entries:
            return []
        answer = await self._sqs.send_message_batch(QueueUrl=self._inbox_url, Entries=entries)
        return [letters[int(failure["Id"])] for failure in answer.get("Failed", [])]

    async def counts(self) -> Counts:
        """Return how many messages this queue holds."""
        return await _counts(self._sqs, self._url)

    async def inbox_counts(self) -> Counts:
        """Return how many messages the inbox holds."""
        return await _counts(self._sqs, self._inbox_url)

    async def _receive(self, seconds: int) -> list[dict[str, Any]]:
        answer = await self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=BATCH_ENTRIES,
            VisibilityTimeout=seconds,
            WaitTimeSeconds=self._patience,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        received: list[dict[str, Any]] = answer.get("Messages", [])
        return received

    async def _give_back(self, letters: Sequence[DeadLetter]) -> None:
        entries = [
            {"Id": str(index), "ReceiptHandle": _handle(each), "VisibilityTimeout": 0}
            for index, each in enumerate(letters)
        ]
        # A refused message was deleted or received meanwhile, or reappears when its timeout ends.
        await self._sqs.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)


def batches(letters: Iterable[DeadLetter]) -> Iterator[list[DeadLetter]]:
    """Split letters into batches that one call to SQS takes: ten of them, a mebibyte together."""
    batch: list[DeadLetter] = []
    size = 0
    for letter in letters:
        own = byte_length(letter.body) + attributes_size(_attributes(letter))
        if batch and (len(batch) == BATCH_ENTRIES or size + own > SQS_MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(letter)
        size += own
    if batch:
        yield batch


async def _counts(sqs: Any, url: str) -> Counts:
    visible, in_flight = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"
    answer = await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[visible, in_flight])
    return Counts(int(answer["Attributes"][visible]), int(answer["Attributes"][in_flight]))


def _handle(letter: DeadLetter) -> str:
    return str(letter.raw["ReceiptHandle"])


def _attributes(letter: DeadLetter) -> dict[str, Any]:
    return dict(letter.raw.get("MessageAttributes", {}))
