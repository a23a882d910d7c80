"""Spans of web pages: OTLP in its JSON form (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).

What a page says of itself is not believed: the service is `web`, the workspace is the token's, and of the attributes
those pass that can hold no text of the page.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from smartstack_chassis.auth.tokens import Principal
from smartstack_chassis.core.errors import Invalid, TooLarge
from smartstack_chassis.http.dependencies import principal_of
from smartstack_chassis.telemetry.baggage import WORKSPACE_ID
from smartstack_gateway.resources import ProcessResources
from smartstack_gateway.telemetry.exporter import SpanExporter, attribute

MAX_BYTES = 64 * 1024
MAX_SPANS = 64
ALLOWED = frozenset({"http.request.method", "http.response.status_code", "http.route", "error.type"})

router = APIRouter(tags=["traces"])


class _Otlp(BaseModel):
    """Part of an OTLP message. As the specification demands, what is not known is passed over."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore")


def _not_zero(value: str) -> str:
    if not value.strip("0"):
        raise ValueError("may not be all zeros")
    return value.lower()


TraceId = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{32}$"), AfterValidator(_not_zero)]
SpanId = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{16}$"), AfterValidator(_not_zero)]
Nanoseconds = Annotated[int, Field(ge=0, lt=2**63)]
"""Since 1970. JSON has it as text: a number there may lose its last digits."""


class AttributeValue(_Otlp):
    """The value of an attribute: of the kinds that there are, those that a page may send."""

    string_value: Annotated[str, Field(max_length=100)] | None = None
    int_value: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    bool_value: bool | None = None


class Attribute(_Otlp):
    """An attribute of a span; attributes that are not allowed are left out."""

    key: Annotated[str, Field(max_length=100)]
    value: AttributeValue


class Status(_Otlp):
    """The status of a span: 0 unset, 1 ok, 2 error."""

    code: Annotated[int, Field(ge=0, le=2)] = 0


class PageSpan(_Otlp):
    """One operation of a page, with its start and end. `kind`: 1 internal, 3 client."""

    trace_id: TraceId
    span_id: SpanId
    parent_span_id: SpanId | None = None
    name: Annotated[str, Field(min_length=1, max_length=200)]
    kind: Annotated[int, Field(ge=0, le=5)] = 1
    start_time_unix_nano: Nanoseconds
    end_time_unix_nano: Nanoseconds
    attributes: Annotated[list[Attribute], Field(max_length=32)] = []
    status: Status = Status()

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> "PageSpan":
        if self.end_time_unix_nano < self.start_time_unix_nano:
            raise ValueError("endTimeUnixNano is before startTimeUnixNano")
        return self


class ScopeSpans(_Otlp):
    """Spans that one library made."""

    spans: Annotated[list[PageSpan], Field(max_length=MAX_SPANS)]


class ResourceSpans(_Otlp):
    """Spans of one page."""

    scope_spans: Annotated[list[ScopeSpans], Field(max_length=MAX_SPANS)]


class PageSpans(_Otlp):
    """An ExportTraceServiceRequest: at most 64 spans in 64 KiB."""

    resource_spans: Annotated[list[ResourceSpans], Field(max_length=MAX_SPANS)]


class Accepted(BaseModel):
    """The number of accepted spans; zero without a collector."""

    accepted: int


async def _small(request: Request) -> None:
    """Raise TooLarge for a body that is over the limit of spans; the limit of all bodies is higher."""
    if len(await request.body()) > MAX_BYTES:
        raise TooLarge("body_too_large", f"The body may have at most {MAX_BYTES} bytes.")


@router.post("/traces", status_code=202, dependencies=[Depends(_small)])
async def export_page_spans(
    sent: PageSpans, principal: Annotated[Principal, Depends(principal_of)], resources: ProcessResources
) -> Accepted:
    """Take the spans of a page, so that a trace begins with the click and ends on the screen."""
    spans = [span for resource in sent.resource_spans for scope in resource.scope_spans for span in scope.spans]
    if len(spans) > MAX_SPANS:
        raise Invalid.field("resourceSpans", f"Send at most {MAX_SPANS} spans in one request.")
    workspace = attribute(WORKSPACE_ID, str(principal.workspace_id))
    return Accepted(accepted=await resources[SpanExporter].export([_kept(span, workspace) for span in spans]))


def _kept(span: PageSpan, workspace: dict[str, Any]) -> dict[str, Any]:
    kept = span.model_dump(by_alias=True, exclude_none=True)
    allowed = [each for each in kept["attributes"] if each["key"] in ALLOWED and len(each["value"]) == 1]
    # 64-bit numbers are text in OTLP's JSON.
    for each in allowed:
        if "intValue" in each["value"]:
            each["value"]["intValue"] = str(each["value"]["intValue"])
    times = {name: str(kept[name]) for name in ("startTimeUnixNano", "endTimeUnixNano")}
    return kept | times | {"attributes": [*allowed, workspace]}
