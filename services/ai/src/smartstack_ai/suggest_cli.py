"""`smartstack ai suggest`: what the offline engine makes of a text, without any server."""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TextIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from smartstack_ai.llm.offline import OfflineEngine
from smartstack_ai.values import Proposal, SourceText


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no IANA time zone; write it like Europe/London") from error
    return name


class Request(BaseModel):
    """One message to read. `at` without an offset is local time in `zone`."""

    text: Annotated[str, Field(max_length=20_000)]
    at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    direction: Literal["in", "out"] = "in"

    def source(self) -> SourceText:
        """Return the message as engines take it."""
        zone = ZoneInfo(self.zone)
        at = self.at if self.at.tzinfo else self.at.replace(tzinfo=zone)
        return SourceText(self.text, at, zone, "inbound" if self.direction == "in" else "outbound")


def main(argv: Sequence[str] | None = None, stdin: TextIO | None = None, stdout: TextIO | None = None) -> int:
    """Read texts, write suggestions as JSON; return 0, or 1 when a line was refused, or 2 for bad options."""
    options = _parser().parse_args(argv)
    source, target = stdin or sys.stdin, stdout or sys.stdout
    if options.jsonl:
        return asyncio.run(_lines(source, target))
    given = {name: getattr(options, name) for name in ("at", "zone", "direction") if getattr(options, name)}
    try:
        request = Request.model_validate({"text": source.read(), **given})
    except ValidationError as error:
        print(f"smartstack ai suggest: {_reason(error)}", file=sys.stderr)  # noqa: T201 - a command's answer
        return 2
    answer = asyncio.run(_answer(OfflineEngine(), request))
    target.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="smartstack ai suggest", description="Print the suggestions for a text on standard input as JSON."
    )
    parser.add_argument("--at", help="when it was written, ISO 8601 (default: now)")
    parser.add_argument("--zone", help="IANA time zone that dates are read in (default: UTC)")
    parser.add_argument("--direction", choices=("in", "out"), help="from the client (in, default) or to the client")
    parser.add_argument(
        "--jsonl", action="store_true", help='read one {"text","at","zone","direction"} a line, write one answer a line'
    )
    return parser


async def _lines(source: Iterable[str], target: TextIO) -> int:
    """Answer line by line. A line that cannot be read gets an `error` in its place, so that lines stay in step."""
    engine, failed = OfflineEngine(), False
    for line in source:
        if not line.strip():
            continue
        try:
            answer = await _answer(engine, Request.model_validate_json(line))
        except ValidationError as error:
            answer, failed = {"error": _reason(error)}, True
        target.write(json.dumps(answer, ensure_ascii=False) + "\n")
        target.flush()
    return int(failed)


async def _answer(engine: OfflineEngine, request: Request) -> dict[str, Any]:
    source = request.source()
    return {"suggestions": [_as_json(engine, source, item) for item in await engine.suggest(source)]}


def _as_json(engine: OfflineEngine, source: SourceText, proposal: Proposal) -> dict[str, Any]:
    """Return a proposal in the shape of the API's Suggestion; there is no message, so its id is null."""
    return {
        "kind": proposal.kind,
        "status": "pending",
        "needs_review": proposal.needs_review,
        "fields": {
            "title": proposal.title,
            "due_at": proposal.due_at.isoformat() if proposal.due_at else None,
            "priority": proposal.priority,
        },
        "evidence": [
            {"message_id": None, "quote": item.quote, "start": item.start, "end": item.end}
            for item in proposal.evidence
        ],
        "engine": engine.name,
        "confidence": proposal.confidence,
        "created_at": source.at.isoformat(),
    }


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else str(first["msg"])


if __name__ == "__main__":
    sys.exit(main())
