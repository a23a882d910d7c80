"""One call from its token to its log: what is checked before Bedrock is asked, and what is written down afterwards."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

import aiohttp
from opentelemetry.trace import Span

from smartstack_bedrock_proxy import converse, refusals, spans
from smartstack_bedrock_proxy.budget import Budget, Reservation
from smartstack_bedrock_proxy.clients import Clients
from smartstack_bedrock_proxy.converse import Call, Operation
from smartstack_bedrock_proxy.eventstream import Watcher, exception
from smartstack_bedrock_proxy.killswitch import KillSwitch
from smartstack_bedrock_proxy.promptlog import PromptLog
from smartstack_bedrock_proxy.settings import Settings
from smartstack_bedrock_proxy.tokens import Verifier
from smartstack_bedrock_proxy.upstream import KEPT_HEADERS, Upstream
from smartstack_bedrock_proxy.usage import Usage, cost, dollars

logger = logging.getLogger(__name__)
COST_HEADER = "x-smartstack-cost-usd"
FREE = Usage()


class Reply(Protocol):
    """Where an answer goes."""

    async def start(self, status: int, headers: Mapping[str, str]) -> None:
        """Send status and headers."""

    async def send(self, chunk: bytes) -> None:
        """Send a part of the body."""

    async def finish(self) -> None:
        """End the body; without it the connection is cut."""


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer in one piece."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Record:
    """What became of one call. `usage` is None while nobody can tell what was used: then the reservation counts."""

    workspace_id: UUID
    call: Call
    reservation: Reservation
    span: Span
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    begun: float = field(default_factory=time.monotonic)
    request_id: str = field(default_factory=lambda: str(uuid4()))
    status: int | None = None
    usage: Usage | None = None
    answer: Any = None
    stop_reason: str | None = None
    error: str | None = None

    def micros(self, settings: Settings) -> int:
        """Return what the call costs, in millionths of a dollar."""
        if self.usage is None:
            return self.reservation.micros
        return cost(self.usage, settings.model_prices[self.call.operation.model])


class Proxy:
    """The proxy's work, without HTTP around it."""

    def __init__(self, settings: Settings, clients: Clients) -> None:
        self._settings = settings
        self._verifier = Verifier(settings.token_keys)
        self._switch = KillSwitch(clients, stopped=settings.kill_switch, parameter=settings.kill_switch_parameter)
        self._budget = Budget(clients, settings.budget_table, int(settings.monthly_budget_usd * 1_000_000))
        self._log = PromptLog(clients, settings.prompt_log_bucket)
        self._upstream = Upstream(clients, settings.upstream_url, settings.aws_region)

    async def admit(self, wanted: Operation, headers: Mapping[str, str]) -> UUID:
        """Return whose call this is, before any of its body is read. Raises Refusal."""
        await self._switch.check()
        workspace_id = self._verifier.workspace(headers)
        if wanted.model not in self._settings.allowed_models:
            raise refusals.unknown_model()
        return workspace_id

    async def answer(self, workspace_id: UUID, wanted: Operation, body: bytes, reply: Reply, span: Span) -> None:
        """Ask Bedrock and pass its answer on. Raises Refusal as long as nothing was passed on.

        Whatever ends it, a cancellation included, the budget is settled and the log written before this returns.
        """
        call = converse.read(wanted, body, self._settings.max_tokens)
        spans.requested(span, call, workspace_id)
        most = Usage(call.most_input_tokens, call.max_tokens)
        micros = cost(most, self._settings.model_prices[wanted.model])
        reservation = await self._budget.reserve(workspace_id, micros)
        record, whole = Record(workspace_id, call, reservation, span), None
        try:
            async with asyncio.timeout(self._settings.deadline_seconds):
                whole = await self._pass_on(record, reply)
        except (refusals.Refusal, TimeoutError, aiohttp.ClientError, ConnectionError) as error:
            await self._failed(record, reply, error)
        except asyncio.CancelledError:
            record.error = "cancelled"
            raise
        finally:
            # Before the last byte: a Lambda function may be frozen the moment its answer is complete.
            await asyncio.shield(self._write_down(record))
        if whole is not None:
            await reply.start(whole.status, {**whole.headers, COST_HEADER: dollars(record.micros(self._settings))})
            await reply.send(whole.body)
        await reply.finish()

    async def _pass_on(self, record: Record, reply: Reply) -> Whole | None:
        """Pass a stream on as it comes; return an answer in one piece, to be sent when all is written down."""
        async with self._upstream.calling(record.call) as response:
            record.request_id = response.headers.get("x-amzn-requestid", record.request_id)
            headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
            if record.call.operation.stream and response.status == 200:
                record.status = 200
                await reply.start(200, headers)
                await self._pass_stream_on(record, response.content.iter_any(), reply)
                return None
            body = await response.read()
            record.status = response.status
            _read_answer(record, body, response.headers.get("x-amzn-errortype"))
            return Whole(response.status, {**headers, "content-length": str(len(body))}, body)

    async def _pass_stream_on(self, record: Record, chunks: AsyncIterator[bytes], reply: Reply) -> None:
        watcher = Watcher()
        try:
            async for chunk in chunks:
                watcher.see(chunk)
                await reply.send(chunk)
        finally:
            record.usage, record.answer = watcher.usage, watcher.answer
            record.stop_reason, record.error = watcher.stop_reason, watcher.error

    async def _failed(self, record: Record, reply: Reply, error: Exception) -> None:
        """Say what went wrong: with an answer of its own, inside the stream, or by cutting it as Bedrock was cut."""
        record.error = error.reason if isinstance(error, refusals.Refusal) else type(error).__name__
        if isinstance(error, refusals.Refusal):
            record.usage = FREE
            raise error
        if record.status is None:
            late = isinstance(error, TimeoutError)
            broken = refusals.unavailable("The connection to Bedrock broke.", "upstream")
            raise refusals.too_slow() if late else broken
        if not isinstance(error, TimeoutError):
            raise error
        await reply.send(exception("modelStreamErrorException", "The answer was not complete before the deadline."))

    async def _write_down(self, record: Record) -> None:
        """Settle and log."""
        seconds = time.monotonic() - record.begun
        micros = record.micros(self._settings)
        spans.answered(record.span, record, dollars(micros))
        entry = {
            "request_id": record.request_id,
            "workspace_id": str(record.workspace_id),
            "at": record.at.isoformat(),
            "model": record.call.operation.model,
            "status": record.status,
            "error": record.error,
            "stop_reason": record.stop_reason,
            "max_tokens": record.call.max_tokens,
            "input_tokens": record.usage.as_input if record.usage else None,
            "output_tokens": record.usage.output if record.usage else None,
            "cost_usd": dollars(micros),
            "measured": record.usage is not None,
            "latency_ms": round(seconds * 1000),
            "trace_id": spans.trace_id(record.span),
            "request": record.call.content,
            "answer": record.answer,
        }
        await asyncio.gather(
            self._budget.settle(record.reservation, micros, record.usage or FREE),
            self._log.write(record.workspace_id, record.request_id, record.at, entry),
        )


def _read_answer(record: Record, body: bytes, error_type: str | None) -> None:
    """Note what an answer says of itself. One that is not 200 is not billed; one that cannot be read counts in full."""
    if record.status != 200:
        record.usage, record.error = FREE, (error_type or "error").partition(":")[0]
        return
    try:
        content = json.loads(body)
        record.usage = Usage.of(content["usage"])
        record.answer = content.get("output")
        record.stop_reason = content.get("stopReason")
    except (ValueError, KeyError, TypeError, AttributeError):
        logger.warning("an answer of Bedrock does not say what it used")
