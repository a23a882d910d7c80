"""Subscribers that take a whole receive at once, and their partial failures."""

import asyncio
from collections.abc import Sequence
from typing import Any

from faststream.message import StreamMessage

from faststream_sqs._internal import AsyncFunc, BaseMiddleware, BrokerMiddleware
from faststream_sqs.message import Lease, SQSBatchMessage, SQSRawMessage
from faststream_sqs.parser import SQSBatchParser
from faststream_sqs.response import BatchFailures
from faststream_sqs.transport import WireMessage

from .config import SQSSubscriberConfig
from .poller import Pollers
from .usecase import SQSSubscriber, SubscriberWork


class BatchFailuresMiddleware(BaseMiddleware):
    """Marks the messages that a batch handler reports as failed, before the batch is acknowledged."""

    async def consume_scope(self, call_next: AsyncFunc, msg: StreamMessage[Any]) -> Any:
        """Runs the handler and reads its result."""
        result = await call_next(msg)
        if isinstance(result, BatchFailures) and isinstance(msg, SQSBatchMessage):
            msg.fail(*result.failed)
            return result.body
        return result


class SQSBatchSubscriber(SQSSubscriber):
    """Gives a handler all messages of one receive at once."""

    def _set_parser(self, config: SQSSubscriberConfig) -> None:
        parser = SQSBatchParser()
        config.parser = parser.parse_batch
        config.decoder = parser.decode_batch

    @property
    def _broker_middlewares(self) -> Sequence[BrokerMiddleware[Any]]:
        return (*super()._broker_middlewares, BatchFailuresMiddleware)

    def _start_polling(self) -> None:
        super()._start_polling()
        # SQS itself keeps the groups of a batch from running twice at once
        self._groups = None

    def _make_pollers(self) -> Pollers:
        workers = self._options.max_workers
        return Pollers(
            SubscriberWork(self),
            self._permits,
            wait_time=self.wait_time,
            permits_per_poll=1,
            messages_per_permit=self._options.batch_size,
            limit=workers,
        )

    def start_messages(self, messages: list[WireMessage]) -> int:
        """Starts one task for the batch."""
        self._spawn(self._run_batch(self._take(messages)), permits=1)
        return 1

    async def _run_batch(self, raws: list[SQSRawMessage]) -> None:
        settlement = self._settlement
        assert settlement is not None, "started"
        try:
            await self._resumed.wait()
            ready = [raw for raw in raws if await self._fetch_body(raw)] if self.running else []
            if ready:
                await self.consume(ready)
            else:
                for raw in raws:
                    settlement.give_back(raw)
        except asyncio.CancelledError:
            for raw in raws:
                settlement.give_back(raw)
            raise
        for raw in raws:
            if raw.lease is Lease.HELD:
                await self._settle_late(settlement, raw)

    async def _parse_outside(self, raw: Any) -> StreamMessage[Any] | None:
        return await super()._parse_outside([raw])
