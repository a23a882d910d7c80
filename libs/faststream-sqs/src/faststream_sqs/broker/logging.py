"""The access logger."""

import logging
from functools import partial
from typing import Any

from faststream_sqs._internal import (
    ContextRepo,
    DefaultLoggerStorage,
    LoggerProto,
    get_broker_logger,
    make_logger_state,
)

_MESSAGE_ID_LENGTH = 10


class SQSParamsStorage(DefaultLoggerStorage):
    """Lays out log records with the queue's name."""

    __slots__ = ("_queue_width",)

    def __init__(self) -> None:
        super().__init__()
        self._queue_width = 4
        self.logger_log_level = logging.INFO

    def set_level(self, level: int) -> None:
        """Sets the level of the logger to be made."""
        self.logger_log_level = level

    def register_subscriber(self, params: dict[str, Any]) -> None:
        """Makes the queue's column wide enough."""
        self._queue_width = max(self._queue_width, len(params.get("queue", "")))

    def get_logger(self, *, context: ContextRepo) -> LoggerProto:
        """The logger, made at the first call."""
        if logger := self._get_logger_ref():
            return logger
        made = get_broker_logger(
            name="sqs",
            default_context={"queue": ""},
            message_id_ln=_MESSAGE_ID_LENGTH,
            fmt="%(asctime)s %(levelname)-8s - "
            f"%(queue)-{self._queue_width}s | "
            f"%(message_id)-{_MESSAGE_ID_LENGTH}s "
            "- %(message)s",
            context=context,
            log_level=self.logger_log_level,
        )
        self._logger_ref.add(made)
        return made


make_sqs_logger_state = partial(make_logger_state, default_storage_cls=SQSParamsStorage)
