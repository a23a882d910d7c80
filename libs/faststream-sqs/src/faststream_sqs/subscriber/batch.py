"""Subscribers that handle a whole receive in one call, and their partial failures."""

from collections.abc import Sequence
from typing import Any

from faststream.message import StreamMessage

from faststream_sqs._internal import AsyncFunc, BaseMiddleware, BrokerMiddleware
from faststream_sqs.message import SQSBatchMessage
from faststream_sqs.parser import SQSBatchParser
from faststream_sqs.response import BatchFailures

from .config import SQSSubscriberConfig
from .intake import BatchIntake, Intake
from .usecase import SQSSubscriber


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
    """Gives a handler all messages of one receive in one call.

    In a FIFO queue SQS itself keeps a group from running twice concurrently.
    """

    @property
    def _broker_middlewares(self) -> Sequence[BrokerMiddleware[Any]]:
        return (*super()._broker_middlewares, BatchFailuresMiddleware)

    @property
    def _intake_class(self) -> type[Intake]:
        return BatchIntake

    def _set_parser(self, config: SQSSubscriberConfig) -> None:
        parser = SQSBatchParser()
        config.parser = parser.parse_batch
        config.decoder = parser.decode_batch

    async def _parse(self, raw: Any) -> StreamMessage[Any] | None:
        return await super()._parse([raw])
