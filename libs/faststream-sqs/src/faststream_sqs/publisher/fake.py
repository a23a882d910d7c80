"""Sends the answers of handlers to where a request wants them."""

from typing import Any

from faststream.response import PublishCommand

from faststream_sqs._internal import FakePublisher, ProducerProto
from faststream_sqs.response import SQSPublishCommand


class SQSFakePublisher(FakePublisher):
    """Publishes a handler's result to the reply queue of its message."""

    __slots__ = ("queue",)

    def __init__(self, producer: ProducerProto[Any], *, queue: str) -> None:
        super().__init__(producer=producer)
        self.queue = queue

    def patch_command(self, cmd: PublishCommand) -> SQSPublishCommand:
        """The command, addressed to the reply queue."""
        own = SQSPublishCommand.from_cmd(super().patch_command(cmd))
        own.set_destination(queue=self.queue)
        return own
