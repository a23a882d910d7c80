"""Every line of the log is one JSON object that names its trace and event, and none repeats what somebody wrote."""

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError

from smartstack_chassis.core.actors import Member
from smartstack_chassis.process.app import build_app
from smartstack_chassis.telemetry.logs import NOISY, JsonFormatter, log_event, safe_text
from smartstack_chassis.testing.harness import event
from smartstack_contracts import encode, new_id
from smartstack_contracts.events.comms import ClientCreated

CANARY = "canary-7f3a"
# What the test itself talks to the service with.
CLIENTS = ("httpx", "httpcore")
ALWAYS = {"time", "level", "service", "logger", "message", "trace_id", "span_id"}


class Lines(logging.Handler):
    """Keeps lines as the process would write them."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter("probe"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler = Lines()
    loggers = [logging.getLogger(name) for name in (None, *NOISY, *CLIENTS)]
    before = [logger.level for logger in loggers]
    loggers[0].addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.WARNING if logger.parent else logging.DEBUG)
    yield handler
    loggers[0].removeHandler(handler)
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


def failed(error: BaseException) -> BaseException:
    try:
        raise error
    except type(error) as raised:
        return raised


def test_a_line_is_one_json_object_with_the_trace_that_it_belongs_to(lines: Lines) -> None:
    with TracerProvider().get_tracer("x").start_as_current_span("work") as span:
        logging.getLogger("one").warning("two\nlines of %s", "text")
    logging.getLogger("one").info("outside of any trace")
    inside, outside = lines.told
    assert set(inside) == ALWAYS
    assert (inside["level"], inside["service"], inside["logger"]) == ("WARNING", "probe", "one")
    assert inside["message"] == "two\nlines of text"
    assert "\n" not in lines.lines[0]
    context = span.get_span_context()
    assert (inside["trace_id"], inside["span_id"]) == (f"{context.trace_id:032x}", f"{context.span_id:016x}")
    assert (outside["trace_id"], outside["span_id"]) == (None, None)


def test_what_is_logged_after_the_span_of_a_delivery_still_names_its_trace_and_event(lines: Lines) -> None:
    event_id = new_id()

    async def delivery() -> trace.SpanContext:
        with TracerProvider().get_tracer("x").start_as_current_span("process") as span:
            log_event(event_id)
        logging.getLogger("faststream_sqs").error("it failed")
        return span.get_span_context()

    context = asyncio.run(delivery())
    logging.getLogger("other").error("elsewhere")
    told, elsewhere = (line for line in lines.told if line["logger"] != "asyncio")
    assert (told["event_id"], told["span_id"]) == (str(event_id), f"{context.span_id:016x}")
    assert "event_id" not in elsewhere


class Body(BaseModel):
    count: int


def refused() -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        Body(count=CANARY)  # type: ignore[arg-type]
    return caught.value


DATABASE = DBAPIError(
    f"INSERT INTO notes VALUES ('{CANARY}')",
    {"title": CANARY},
    asyncpg.UniqueViolationError(f"Key (title)=({CANARY}) already exists."),
)


@pytest.mark.parametrize(
    "error", [refused(), DATABASE, ValueError(CANARY), KeyError(CANARY)], ids=lambda e: type(e).__name__
)
def test_an_exception_that_may_repeat_a_value_tells_its_class_and_its_stack_alone(
    lines: Lines, error: Exception
) -> None:
    error.__traceback__ = None
    with TracerProvider().get_tracer("x").start_as_current_span("work"):
        try:
            raise RuntimeError("the reason") from failed(error)
        except RuntimeError as raised:
            logging.getLogger("one").exception("failed: %s", raised.__cause__)
            # As libraries do: the text of the exception in their own message.
            logging.getLogger("two").error(f"{type(error).__name__}: {error}", exc_info=error)
    assert CANARY not in "".join(lines.lines)
    first = lines.told[0]
    assert type(error).__name__ in first["message"]
    assert first["exception"].endswith("RuntimeError: the reason")
    assert "raise error" in first["exception"]


def test_the_database_is_named_by_its_sqlstate() -> None:
    assert safe_text(DATABASE) == "DBAPIError: SQLSTATE 23505"


def test_outside_of_requests_a_complaint_about_a_value_is_told() -> None:
    assert safe_text(ValueError("topology and handlers disagree")) == "ValueError: topology and handlers disagree"


async def test_bodies_and_tokens_never_show_up_whatever_goes_wrong(bus: Any, lines: Lines, exporter: Any) -> None:
    member = Member(new_id(), new_id(), new_id(), "owner")
    token = bus.signer.member(member)
    transport = httpx.ASGITransport(build_app(bus.runtime.service, bus.runtime), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        signed = {"Authorization": f"Bearer {token}"}
        for title in (f"{CANARY} good", f"{CANARY}{'x' * 50}", 7):
            await http.post("/api/v1/notes", json={"title": title, "more": CANARY}, headers=signed)
            await http.post("/api/v1/notes", json={"title": title}, headers=signed)
        await http.post("/api/v1/notes", content=f'{{"{CANARY}', headers=signed)
        await http.post("/api/v1/notes", json={}, headers={"Authorization": f"Bearer {CANARY}.{CANARY}.{CANARY}"})
        await http.post("/api/v1/explode", headers=signed)
    workspace = new_id()
    for name in (f"{CANARY} handled", f"{CANARY}\x00 the database refuses", f"{CANARY} last"):
        data = ClientCreated(client_id=new_id(), client_name=name)
        await bus.send(encode(event(data, workspace)).decode())
    await bus.send(f'{{"type": "smartstack.comms.client_created.v1", "data": "{CANARY}"}}')

    async def handled() -> bool:
        return len(await bus.notes(workspace)) == 2 and bool(await bus.dead_letter())

    async def failed_too() -> bool:
        return any("SQLSTATE 22021" in line for line in lines.lines)

    await bus.until(handled)
    await bus.until(failed_too)
    text = "\n".join(lines.lines)
    assert CANARY not in text
    assert token not in text
    assert token.rpartition(".")[2] not in text
    assert all(line.keys() >= ALWAYS for line in lines.told)
    dead = [line for line in lines.told if line["message"].startswith("dead-lettering an event")]
    assert dead
    assert all(line["trace_id"] for line in lines.told if line["message"] == "unexpected failure")


PROCESS = """
import logging, warnings
from smartstack_chassis.telemetry.logs import configure_logging
configure_logging("probe", "INFO")
from smartstack_chassis.events.bus import SqsMessaging
from smartstack_chassis.core.settings import ServiceSettings
from pathlib import Path
from smartstack_chassis.process.service import Service
settings = ServiceSettings(database_url="postgresql+asyncpg://x@127.0.0.1/x", role="http")
SqsMessaging(Service(name="tasks", root=Path("."), routers=[]), settings, None)
for name in ("faststream", "uvicorn.error", "uvicorn.access", "sqlalchemy", "aiobotocore"):
    logging.getLogger(name).warning("from %s", name)
warnings.warn("from warnings")
raise RuntimeError("from nobody who caught it")
"""


def test_libraries_warnings_and_the_end_of_a_process_log_as_json_too() -> None:
    done = subprocess.run([sys.executable, "-c", PROCESS], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == ""
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert told[-1]["exception"].endswith("RuntimeError: from nobody who caught it"), told[-1]
    loggers = {line["logger"] for line in told}
    assert {"faststream", "uvicorn.error", "uvicorn.access", "sqlalchemy", "aiobotocore", "py.warnings"} <= loggers
    assert told[-1]["level"] == "CRITICAL"
    assert told[-1]["exception"].endswith("RuntimeError: from nobody who caught it")
