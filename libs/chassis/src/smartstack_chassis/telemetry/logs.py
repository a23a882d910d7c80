"""Logs: one JSON object per line, with the trace, and the event, that it belongs to.

    {"time", "level", "service", "logger", "message", "trace_id", "span_id", "event_id"?, "exception"?}

People's texts, prompts and tokens must not appear here. Our own lines only name ids. The text of an exception may
repeat a value, so it is logged only where it cannot (see `safe_text`).
"""

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any
from uuid import UUID

import asyncpg
from opentelemetry import trace
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

# Botocore logs whole requests at debug level, bodies and credentials included.
NOISY = ("botocore", "aiobotocore", "asyncio", "urllib3")
_CAUSES = 10
# A stack that recursion exhausted has a thousand frames: its two ends say where it began and where it ended.
_STACK_CHARACTERS = 4000
_FULL_OF_VALUES = (
    DBAPIError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    ValidationError,
    UnicodeError,
    json.JSONDecodeError,
)

_handled: ContextVar[tuple[UUID | None, trace.SpanContext | None]] = ContextVar("handled", default=(None, None))


def log_event(event_id: UUID | None) -> None:
    """Name the event, and the current span, in every line that follows in this task.

    A delivery has a task of its own, and what is logged once its span has ended is about it too.
    """
    _handled.set((event_id, _current()))


def safe_text(error: BaseException) -> str:
    """Return the safe part of an exception: its class, and its text unless that may repeat a received value.

    Texts of the database and pydantic are full of values. Other errors about values and keys keep their text only
    outside of requests and deliveries, where no value was received.
    """
    name = type(error).__qualname__
    if isinstance(error, _FULL_OF_VALUES):
        state = getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", None)
        return f"{name}: SQLSTATE {state}" if state else name
    if isinstance(error, ValueError | LookupError) and _span_context() is not None:
        return name
    return f"{name}: {error}" if str(error) else name


def _span_context() -> trace.SpanContext | None:
    return _current() or _handled.get()[1]


def _current() -> trace.SpanContext | None:
    current = trace.get_current_span().get_span_context()
    return current if current.is_valid else None


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        event_id, context = _handled.get()[0], _span_context()
        error = record.exc_info[1] if record.exc_info else None
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "message": _message(record, error),
            "trace_id": f"{context.trace_id:032x}" if context else None,
            "span_id": f"{context.span_id:016x}" if context else None,
        }
        if event_id is not None:
            line["event_id"] = str(event_id)
        if error is not None:
            line["exception"] = _safe_trace(error)
        return json.dumps(line)


def _message(record: logging.LogRecord, error: BaseException | None) -> str:
    if isinstance(record.msg, BaseException):
        return safe_text(record.msg)
    args = record.args
    if isinstance(args, tuple):
        args = tuple(safe_text(each) if isinstance(each, BaseException) else each for each in args)
    message = str(record.msg) % args if args else str(record.msg)
    for each in _chain(error):
        message = _without(message, each)
    return message


def _without(message: str, error: BaseException) -> str:
    """Return a library's message, with the exception in it replaced by its safe text."""
    safe = safe_text(error)
    for text in (repr(error), str(error)):
        if text and text not in safe:
            message = message.replace(text, safe)
    return message


def _safe_trace(error: BaseException) -> str:
    """Return the stack of an exception and of what caused it, the first cause first: code alone, no values."""
    parts = [_stack(each) + safe_text(each) for each in reversed(list(_chain(error)))]
    return "\n\nwhich led to\n\n".join(parts)


def _stack(error: BaseException) -> str:
    lines = "".join(traceback.format_tb(error.__traceback__))
    if len(lines) <= _STACK_CHARACTERS:
        return lines
    half = _STACK_CHARACTERS // 2
    return f"{lines[:half]}\n  [{len(lines) - 2 * half} characters left out]\n{lines[-half:]}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(_CAUSES):
        if error is None:
            return
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def configure_logging(service: str, level: str) -> None:
    """Log to standard error as JSON, warnings and uncaught exceptions included."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(service))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    sys.excepthook = _log_uncaught


def log_like_others(*names: str) -> None:
    """Take away the handlers that a library gave its loggers: their lines go where all go."""
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def _log_uncaught(kind: type[BaseException], error: BaseException, stack: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, stack)
        return
    logging.getLogger("uncaught").critical("the process ends", exc_info=(kind, error, stack))
