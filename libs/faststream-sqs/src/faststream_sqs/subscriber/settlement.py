"""Settles the messages of one queue: deletes, returns, dead letters and the leases meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from faststream_sqs.claim_check import ClaimCheck
from faststream_sqs.exceptions import LeaseLostError, RetryableError, TransportError
from faststream_sqs.message import Lease, SQSRawMessage, describe_failure
from faststream_sqs.schemas import MAX_VISIBILITY, Backoff, Extend, OnReject
from faststream_sqs.topology import QueueInfo
from faststream_sqs.transport import Transport
from faststream_sqs.wire import BATCH_ENTRIES

from .coalescer import Coalescer
from .dead_letters import dead_letter_entry
from .heartbeat import Heartbeat

_RETRY_DELAYS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds between attempts to delete or return messages."""


@dataclass(frozen=True, slots=True)
class SettlementOptions:
    """Settling options of a subscriber; see `SQSRegistrator.subscriber`."""

    ack_linger: float
    extend: Extend | None
    retry: Backoff | None
    on_reject: OnReject
    reject_on: tuple[type[BaseException], ...]
    ack_first: bool


class Settlement:
    """Implements `Settler`. `ack` and `nack` only note what is to be done; requests go out in batches."""

    def __init__(
        self,
        queue: QueueInfo,
        options: SettlementOptions,
        *,
        transport: Transport,
        claim_check: ClaimCheck,
        log: Callable[[str], None],
    ) -> None:
        self._queue = queue
        self._options = options
        self._transport = transport
        self._claim_check = claim_check
        self._log = log
        self._deletes: Coalescer[SQSRawMessage] = Coalescer(self._delete, size=BATCH_ENTRIES, linger=options.ack_linger)
        self._returns: Coalescer[tuple[SQSRawMessage, int]] = Coalescer(
            self._return, size=BATCH_ENTRIES, linger=options.ack_linger
        )
        self._first_acks: dict[SQSRawMessage, asyncio.Future[None]] = {}
        self._heartbeat: Heartbeat | None = None
        if options.extend is not None and queue.visibility > 0:
            self._heartbeat = Heartbeat(
                transport, queue.url, visibility=queue.visibility, extend=options.extend, log=log
            )

    def hold(self, raw: SQSRawMessage) -> None:
        """Takes a received message into care."""
        if self._heartbeat is not None:
            self._heartbeat.watch(raw)

    def let_go(self, raw: SQSRawMessage) -> None:
        """Stops extending a message that stays unsettled (manual acknowledgement)."""
        if self._heartbeat is not None:
            self._heartbeat.forget(raw)

    def ack(self, raw: SQSRawMessage) -> Awaitable[None] | None:
        """See `Settler.ack`. With acknowledge-first the result completes once the message is deleted."""
        if not self._take(raw, Lease.DELETED):
            return None
        self._deletes.add(raw)
        if not self._options.ack_first:
            return None
        deleted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._first_acks[raw] = deleted
        return deleted

    async def nack(self, raw: SQSRawMessage, delay: float | None, error: BaseException | None) -> bool:
        """See `Settler.nack`."""
        if error is not None and isinstance(error, self._options.reject_on):
            await self.reject(raw, describe_failure(error))
            return False
        if delay is None:
            retry = self._options.retry
            delay = retry.delay(raw.receive_count) if retry is not None else 0
        self.give_back(raw, delay)
        return True

    def give_back(self, raw: SQSRawMessage, delay: float = 0) -> None:
        """Makes a message visible to others after `delay` seconds."""
        if self._take(raw, Lease.RETURNED):
            self._returns.add((raw, self._within_limit(raw, delay)))

    async def reject(self, raw: SQSRawMessage, reason: str) -> None:
        """See `Settler.reject`."""
        if raw.lease is not Lease.HELD:
            return
        if self._options.on_reject == "dlq" and self._queue.dlq_url is not None:
            entry = dead_letter_entry(raw, reason, fifo=self._queue.url.endswith(".fifo"))
            await self._transport.send(self._queue.dlq_url, entry)
            # the copy still points to the stored body
            raw.s3_pointer = None
        elif self._options.on_reject == "dlq":
            self._log(f"message {raw.message_id} is rejected and there is no dead-letter queue: {reason}")
        if self._take(raw, Lease.DELETED):
            self._deletes.add(raw)

    async def close(self, deadline: float) -> None:
        """The final flush, until the event loop's time `deadline`."""
        given_up = sum(await asyncio.gather(self._returns.drain(deadline), self._deletes.drain(deadline)))
        if given_up:
            self._log(f"{given_up} batches of acknowledgements could not be sent in time")
        if self._heartbeat is not None:
            await self._heartbeat.close()

    def _take(self, raw: SQSRawMessage, lease: Lease) -> bool:
        if self._heartbeat is not None:
            self._heartbeat.forget(raw)
        if raw.lease is not Lease.HELD:
            return False
        raw.lease = lease
        return True

    def _within_limit(self, raw: SQSRawMessage, delay: float) -> int:
        held = asyncio.get_running_loop().time() - raw.received_at
        return max(0, min(round(delay), int(MAX_VISIBILITY - held) - 1))

    async def _delete(self, raws: list[SQSRawMessage]) -> None:
        await self._in_batches(
            "deleted",
            raws,
            lambda part: self._transport.delete_batch(self._queue.url, [raw.receipt_handle for raw in part]),
        )
        for raw in raws:
            if (waiting := self._first_acks.pop(raw, None)) is not None and not waiting.done():
                waiting.set_result(None)
            if raw.s3_pointer is not None and self._claim_check.deletes:
                await self._delete_body(raw.s3_pointer)

    async def _return(self, changes: list[tuple[SQSRawMessage, int]]) -> None:
        seconds = dict(changes)
        if self._heartbeat is not None:
            await self._heartbeat.quiet(seconds)
        await self._in_batches(
            "returned",
            list(seconds),
            lambda part: self._transport.visibility_batch(
                self._queue.url, [(raw.receipt_handle, seconds[raw]) for raw in part]
            ),
        )

    async def _in_batches(
        self,
        done: str,
        raws: list[SQSRawMessage],
        send: Callable[[Sequence[SQSRawMessage]], Awaitable[list[TransportError | None]]],
    ) -> None:
        """Sends a batch until every entry is done, lost or beyond help."""
        delays = iter(_RETRY_DELAYS)
        while raws:
            try:
                failures = await send(raws)
            except TransportError as error:
                failures = [error] * len(raws)
            open_raws = [raw for raw, failure in zip(raws, failures, strict=True) if self._is_open(done, raw, failure)]
            if open_raws and not await _pause(delays):
                self._log(f"{len(open_raws)} messages could not be {done}; they will be delivered again")
                return
            raws = open_raws

    def _is_open(self, done: str, raw: SQSRawMessage, failure: TransportError | None) -> bool:
        """Returns whether an entry is worth another attempt."""
        if failure is None:
            return False
        if isinstance(failure, RetryableError):
            return True
        if isinstance(failure, LeaseLostError):
            raw.lease = Lease.LOST
        self._log(f"message {raw.message_id} was not {done}: {failure}")
        return False

    async def _delete_body(self, pointer: tuple[str, str]) -> None:
        try:
            await self._claim_check.delete(pointer)
        except TransportError as error:
            self._log(f"the body s3://{pointer[0]}/{pointer[1]} was not deleted: {error}")


async def _pause(delays: Iterator[float]) -> bool:
    delay = next(delays, None)
    if delay is None:
        return False
    await asyncio.sleep(delay)
    return True
