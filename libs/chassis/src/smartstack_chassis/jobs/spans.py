"""The span of a job: part of the trace in which the job was set."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from smartstack_chassis.jobs.job import Job
from smartstack_chassis.telemetry import baggage
from smartstack_chassis.telemetry.logs import safe_text
from smartstack_chassis.telemetry.setup import ERRORS_ARE_OURS, tracer

KIND, SUBJECT, ATTEMPT = "smartstack.job.kind", "smartstack.job.subject", "smartstack.attempt"


@contextmanager
def job_span(job: Job) -> Iterator[None]:
    """Wrap the running of a job; what it does is recorded below this span."""
    carrier = {"traceparent": job.traceparent} if job.traceparent else {}
    attributes: dict[str, str | int] = {KIND: job.kind, SUBJECT: job.subject, ATTEMPT: job.attempts + 1}
    parent = baggage.TRACE_CONTEXT.extract(carrier, Context())
    with tracer.start_as_current_span(
        f"run {job.kind}", parent, trace.SpanKind.CONSUMER, attributes, **ERRORS_ARE_OURS
    ) as span:
        if job.workspace_id is not None:
            baggage.enter(job.workspace_id, job.correlation_id)
        try:
            yield
        except Exception as error:
            span.set_attribute(ERROR_TYPE, type(error).__qualname__)
            span.set_status(trace.StatusCode.ERROR, safe_text(error))
            raise
