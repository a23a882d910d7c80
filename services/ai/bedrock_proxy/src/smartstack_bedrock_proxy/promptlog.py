"""The prompt log: each call as one JSON object in S3, `<workspace>/<yyyy-mm-dd>/<request id>.json`, masked.

The bucket encrypts and expires; this only writes. A log that fails never costs an answer: it is counted and logged.
"""

import asyncio
import json
import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from opentelemetry import metrics

from smartstack_bedrock_proxy.clients import Clients
from smartstack_redaction import mask_all

logger = logging.getLogger(__name__)
SECONDS = 3.0
_failures = metrics.get_meter("smartstack").create_counter(
    "smartstack.ai.prompt_log.failures", "{call}", "Calls whose prompt log could not be written"
)


class PromptLog:
    """Writes to one bucket."""

    def __init__(self, clients: Clients, bucket: str) -> None:
        self._clients = clients
        self._bucket = bucket

    async def write(self, workspace_id: UUID, request_id: str, at: datetime, entry: dict[str, Any]) -> None:
        """Store one call, personal data in it masked; `at` is in UTC. Raises nothing."""
        try:
            async with asyncio.timeout(SECONDS):
                s3 = await self._clients.get("s3")
                await s3.put_object(
                    Bucket=self._bucket,
                    Key=f"{workspace_id}/{at:%Y-%m-%d}/{request_id}.json",
                    Body=json.dumps(mask_all(entry), ensure_ascii=False).encode(),
                    ContentType="application/json",
                )
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer is worth more
            _failures.add(1)
            logger.error("the prompt log of request %s could not be written: %s", request_id, type(error).__name__)
