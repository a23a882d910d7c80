"""Annotations that inject what a handler may ask for."""

from typing import Annotated

from faststream.annotations import ContextRepo, Logger
from faststream.params import NoCast

from ._internal import Context
from .broker.broker import SQSBroker as _Broker
from .message import SQSBatchMessage as _BatchMessage
from .message import SQSMessage as _Message

__all__ = ("ContextRepo", "Logger", "NoCast", "SQSBatchMessage", "SQSBroker", "SQSMessage")

SQSMessage = Annotated[_Message, Context("message")]
SQSBatchMessage = Annotated[_BatchMessage, Context("message")]
SQSBroker = Annotated[_Broker, Context("broker")]
