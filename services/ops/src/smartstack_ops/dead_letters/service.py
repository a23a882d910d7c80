"""Actions on dead letters. The command and the Ops API both use this module.

redrive   audit, send to the inbox, delete here: killed in between, a letter is in both queues, and the consumer's
          inbox table recognises the event when it comes a second time
discard   audit, let the consumer record the event as handled, delete
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from smartstack_chassis.core.errors import NotFound
from smartstack_contracts.topology import topology
from smartstack_ops.dead_letters.audit import Action, Audit, Entry, entries
from smartstack_ops.dead_letters.environment import Aws, Environment
from smartstack_ops.dead_letters.messages import Choice, DeadLetter, Group, group
from smartstack_ops.dead_letters.queue import DeadLetterQueue, batches

LOOK_SECONDS = 20
HOLD_SECONDS = 120
FRESH_SECONDS = 1.0

LastErrors = Callable[[Sequence[DeadLetter]], Awaitable[Mapping[str, str]]]
"""Finds the last error of letters that have no reason of their own: message id -> error."""


async def nothing_known(_: Sequence[DeadLetter]) -> Mapping[str, str]:
    """Know no errors: where no traces are at hand."""
    return {}


@dataclass(frozen=True, slots=True)
class QueueState:
    """An inbox and its dead letters."""

    queue: str
    service: str
    visible: int
    in_flight: int
    dead_letters: int


@dataclass(slots=True)
class Outcome:
    """The outcome for the chosen letters: `done`, refused by SQS (`failed`), or not reached in time (`remaining`).

    Letters that were not looked at count as remaining too, though they may not be among the chosen.
    """

    done: int = 0
    remaining: int = 0
    failed: list[DeadLetter] = field(default_factory=list)


class DeadLetters:
    """The dead letters of one environment.

    It looks at up to `most` letters of a queue, for half of `seconds` or less, and acts until they are over.
    """

    def __init__(
        self,
        environment: Environment,
        last_errors: LastErrors = nothing_known,
        *,
        most: int,
        seconds: float = float("inf"),
    ) -> None:
        self._environment = environment
        self._aws = Aws(environment)
        self._last_errors = last_errors
        self._most = most
        self._seconds = seconds
        self._opened: dict[str, DeadLetterQueue] = {}
        self._audit: Audit | None = None
        self._locks: dict[str, asyncio.Lock] = {}
        self._returning: dict[str, asyncio.Task[None]] = {}
        self._seen: dict[str, list[DeadLetter]] = {}
        self._queues = {item["dead_letter_queue"]: (name, item) for name, item in topology()["queues"].items()}

    @property
    def names(self) -> list[str]:
        """Return the names of the dead-letter queues, without the environment's prefix."""
        return sorted(self._queues)

    async def queues(self, workspace_id: UUID | None) -> list[QueueState]:
        """Return the state of every inbox; dead letters are those of the workspace (None: of all)."""
        return list(await asyncio.gather(*(self._state(name, workspace_id) for name in self.names)))

    async def groups(self, workspace_id: UUID | None) -> list[Group]:
        """Return the groups of all queues, the one with the newest letter first."""
        choice = Choice(workspace_id)
        found = await asyncio.gather(*(self.letters(name, choice) for name in self.names))
        return group(letter for letters in found for letter in letters)

    async def letters(self, name: str, choice: Choice) -> list[DeadLetter]:
        """Return the chosen letters of a queue, newest first, without taking them. Raises NotFound."""
        queue = await self._queue(name)
        async with self._lock(name):
            if name not in self._seen:
                held = await self._hold(queue, LOOK_SECONDS)
                self._give_back(queue, held)
                self._seen[name] = await self._explained(held)
                asyncio.get_running_loop().call_later(FRESH_SECONDS, self._seen.pop, name, None)
            chosen = [letter for letter in self._seen[name] if choice.takes(letter)]
        return sorted(chosen, key=lambda each: (each.sent_at, each.message_id), reverse=True)

    async def redrive(self, name: str, choice: Choice, actor: str) -> Outcome:
        """Send the chosen letters to the inbox they came from. Raises NotFound for an unknown queue."""
        return await self._act(name, choice, "redrive", actor, None)

    async def discard(self, name: str, choice: Choice, actor: str, why: str) -> Outcome:
        """Delete the chosen letters for good. Raises NotFound for an unknown queue."""
        return await self._act(name, choice, "discard", actor, why)

    async def audit(self, workspace_id: UUID | None, limit: int, before: str | None) -> list[Entry]:
        """Return what was done, newest first, older than the entry `before`."""
        return await (await self._audited()).newest(workspace_id, limit, before)

    async def close(self) -> None:
        """Give back what is still held, and close all connections."""
        await asyncio.gather(*self._returning.values(), return_exceptions=True)
        await self._aws.close()

    async def _act(self, name: str, choice: Choice, action: Action, actor: str, why: str | None) -> Outcome:
        queue, audit = await self._queue(name), await self._audited()
        deadline = time.monotonic() + self._seconds
        async with self._lock(name):
            self._seen.pop(name, None)
            held = await self._explained(await self._hold(queue, HOLD_SECONDS))
            outcome, done = Outcome(), set[int]()
            try:
                for batch in batches(letter for letter in held if choice.takes(letter)):
                    if time.monotonic() > deadline:
                        outcome.remaining += len(batch)
                        continue
                    await audit.write(entries(batch, action, actor, why))
                    refused = await _carry_out(queue, action, batch)
                    outcome.failed += refused
                    done |= {id(letter) for letter in batch} - {id(letter) for letter in refused}
            finally:
                self._give_back(queue, [letter for letter in held if id(letter) not in done])
        outcome.done = len(done)
        outcome.remaining += await self._unseen(queue, len(held), len(held) - len(done))
        return outcome

    async def _unseen(self, queue: DeadLetterQueue, held: int, left: int) -> int:
        """Return the number of letters that were not looked at, for lack of time or room. They may not be chosen."""
        if self._seconds == float("inf") and held < self._most:
            return 0
        counts = await queue.counts()
        return max(0, counts.visible + counts.in_flight - left)

    async def _hold(self, queue: DeadLetterQueue, seconds: int) -> list[DeadLetter]:
        """Take half of the time that there is to look; the other half is for the action."""
        if queue.name in self._returning:
            await asyncio.wait([self._returning.pop(queue.name)])
        return await queue.hold(seconds, self._most, time.monotonic() + self._seconds / 2)

    def _give_back(self, queue: DeadLetterQueue, letters: list[DeadLetter]) -> None:
        """Release the messages in the background. Only the next look waits; a failed message reappears by itself."""
        self._returning[queue.name] = asyncio.create_task(queue.give_back(letters))

    async def _explained(self, letters: list[DeadLetter]) -> list[DeadLetter]:
        """Return the letters with what is known of the last errors of those that give no reason."""
        silent = [letter for letter in letters if letter.known_reason is None]
        errors = await self._last_errors(silent) if silent else {}
        return [
            letter.because(errors[letter.message_id]) if letter.known_reason is None and letter.message_id in errors
            else letter
            for letter in letters
        ]  # fmt: skip

    async def _state(self, name: str, workspace_id: UUID | None) -> QueueState:
        queue = await self._queue(name)
        counts, letters = await asyncio.gather(queue.inbox_counts(), self.letters(name, Choice(workspace_id)))
        inbox, item = self._queues[name]
        return QueueState(inbox, item["service"], counts.visible, counts.in_flight, len(letters))

    async def _queue(self, name: str) -> DeadLetterQueue:
        if name not in self._queues:
            raise NotFound.of("dead-letter queue")
        if name not in self._opened:
            inbox, item = self._queues[name]
            sqs = await self._aws.client("sqs")
            url, inbox_url = await asyncio.gather(
                _url(sqs, self._environment, name), _url(sqs, self._environment, inbox)
            )
            attempts, patience = item["max_receive_count"], self._environment.patience
            self._opened[name] = DeadLetterQueue(sqs, name, url, inbox_url, attempts=attempts, patience=patience)
        return self._opened[name]

    async def _audited(self) -> Audit:
        if self._audit is None:
            url = await _url(await self._aws.client("sqs"), self._environment, self.names[0])
            account = url.split("/")[-2]
            self._audit = Audit(await self._aws.client("s3"), self._environment.audit_bucket(account))
        return self._audit

    def _lock(self, name: str) -> asyncio.Lock:
        """Two concurrent looks at one queue would each see a part of it."""
        return self._locks.setdefault(name, asyncio.Lock())


async def _carry_out(queue: DeadLetterQueue, action: Action, batch: list[DeadLetter]) -> list[DeadLetter]:
    """Do it to one batch; returns the letters to which it was not done, which are then still here."""
    refused = await (queue.send_to_inbox(batch) if action == "redrive" else queue.report_discarded(batch))
    sent = [letter for letter in batch if letter not in refused]
    return refused + (await queue.delete(sent) if sent else [])


async def _url(sqs: object, environment: Environment, name: str) -> str:
    answer = await sqs.get_queue_url(QueueName=environment.queue(name))  # type: ignore[attr-defined]
    return str(answer["QueueUrl"])
