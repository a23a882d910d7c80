"""The ops process's HTTP application: the OTLP receiver and the Ops API on one port."""

from fastapi import FastAPI

from smartstack_chassis.app import described_api
from smartstack_cli.ops import api

DESCRIPTION = "Traces, metrics, queues and dead letters of the local stack."


def ops_api() -> FastAPI:
    """Return the Ops API without anything behind it: enough for its OpenAPI document."""
    return described_api("ops", DESCRIPTION, [api.router])
