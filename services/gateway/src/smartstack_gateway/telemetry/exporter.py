"""Sends spans of web pages to the collector of telemetry; without one they are lost, and the page is not disturbed."""

import logging
from collections.abc import Sequence
from typing import Any

import aiohttp

from smartstack_chassis.telemetry.setup import TOKEN_HEADER

logger = logging.getLogger(__name__)

SECONDS = 1.0


class SpanExporter:
    """The receiver of OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp), if there is one."""

    def __init__(self, endpoint: str | None, environment: str, token: str | None = None) -> None:
        self._url = f"{endpoint.rstrip('/')}/v1/traces" if endpoint else None
        resource = {
            "service.name": "web",
            "service.namespace": "smartstack",
            "deployment.environment.name": environment,
        }
        self._resource = {"attributes": [attribute(name, value) for name, value in resource.items()]}
        headers = {TOKEN_HEADER: token} if token else None
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS), headers=headers)

    async def export(self, spans: Sequence[dict[str, Any]]) -> int:
        """Send spans in OTLP's JSON form; returns how many arrived: all of them, or none within the deadline."""
        if self._url is None or not spans:
            return 0
        scope = {"scope": {"name": "smartstack-web"}, "spans": list(spans)}
        request = {"resourceSpans": [{"resource": self._resource, "scopeSpans": [scope]}]}
        try:
            async with self._session.post(self._url, json=request) as answer:
                answer.raise_for_status()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            logger.debug("spans of a page were lost: %r", error)
            return 0
        return len(spans)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()


def attribute(key: str, value: str) -> dict[str, Any]:
    """Return an attribute in OTLP's JSON form."""
    return {"key": key, "value": {"stringValue": value}}
