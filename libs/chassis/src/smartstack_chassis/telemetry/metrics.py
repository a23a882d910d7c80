"""Metrics of every service. Names and units are OpenTelemetry's where it has some, else `smartstack.…`.

The histograms keep, as exemplars, the trace of some of what they counted.
"""

from smartstack_chassis.telemetry.setup import SECONDS_BUCKETS, meter

REQUEST_DURATION = meter.create_histogram(
    "http.server.request.duration",
    unit="s",
    description="From a request's arrival to the end of its answer",
    explicit_bucket_boundaries_advisory=SECONDS_BUCKETS,
)
PROCESS_DURATION = meter.create_histogram(
    "messaging.process.duration",
    unit="s",
    description="Handling one delivery of an event",
    explicit_bucket_boundaries_advisory=SECONDS_BUCKETS,
)
EVENT_AGE = meter.create_histogram(
    "smartstack.event.age",
    unit="s",
    description="From an event to the start of its handling",
    explicit_bucket_boundaries_advisory=(*SECONDS_BUCKETS, 300, 1800, 7200),
)
SHED = meter.create_counter(
    "smartstack.http.shed",
    unit="{request}",
    description="Requests that were answered 503 without any work, by lane and reason",
)
