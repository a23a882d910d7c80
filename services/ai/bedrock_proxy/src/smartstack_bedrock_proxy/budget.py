"""Each workspace's budget: one DynamoDB item a month, in which the worst case is reserved before a call.

`spent_micros` counts what is spent and what is reserved, in millionths of a dollar. One conditional update reserves, so
however many callers there are at once, the sum never passes the limit. What a call really used is settled afterwards; a
reservation whose call nobody could measure (the proxy died, the caller hung up) stays, which errs on the safe side.
"""

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from botocore.exceptions import BotoCoreError, ClientError

from smartstack_bedrock_proxy import refusals
from smartstack_bedrock_proxy.clients import Clients
from smartstack_bedrock_proxy.usage import Usage

logger = logging.getLogger(__name__)
KEPT = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Reservation:
    """What was set aside for one call, in the item that it was set aside in."""

    workspace_id: UUID
    period: str
    micros: int


class Budget:
    """Reserves and settles. `limit_micros` is a workspace's limit for a calendar month (UTC)."""

    def __init__(self, clients: Clients, table: str, limit_micros: int) -> None:
        self._clients = clients
        self._table = table
        self._limit = limit_micros

    async def reserve(self, workspace_id: UUID, micros: int) -> Reservation:
        """Set `micros` aside. Raises Refusal: the budget does not allow it, or cannot be asked."""
        now = datetime.now(UTC)
        reservation = Reservation(workspace_id, f"{now:%Y-%m}", micros)
        room = self._limit - micros
        if room < 0:
            raise refusals.over_budget()
        try:
            await self._update(
                reservation,
                "SET expires_at = :expires ADD spent_micros :micros, calls :one",
                {":micros": micros, ":one": 1, ":room": room, ":expires": int(time.time() + KEPT.total_seconds())},
                condition="attribute_not_exists(spent_micros) OR spent_micros <= :room",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise refusals.over_budget() from error
            raise self._unavailable(error) from error
        except (BotoCoreError, TimeoutError, OSError) as error:
            raise self._unavailable(error) from error
        return reservation

    async def settle(self, reservation: Reservation, micros: int, usage: Usage) -> None:
        """Replace the reservation by what the call cost. A failure is logged, and leaves the reservation."""
        if micros > reservation.micros:
            logger.warning("a call cost %d millionths of a dollar, %d were reserved", micros, reservation.micros)
        values = {":difference": micros - reservation.micros, ":input": usage.as_input, ":output": usage.output}
        try:
            await self._update(
                reservation, "ADD spent_micros :difference, input_tokens :input, output_tokens :output", values
            )
        except (BotoCoreError, ClientError, TimeoutError, OSError) as error:
            logger.error("a reservation could not be settled, so it counts in full: %s", type(error).__name__)

    async def _update(
        self, reservation: Reservation, expression: str, values: dict[str, int], condition: str | None = None
    ) -> None:
        conditional: dict[str, Any] = {} if condition is None else {"ConditionExpression": condition}
        dynamodb = await self._clients.get("dynamodb")
        await dynamodb.update_item(
            TableName=self._table,
            Key={"workspace_id": {"S": str(reservation.workspace_id)}, "period": {"S": reservation.period}},
            UpdateExpression=expression,
            ExpressionAttributeValues={name: {"N": str(value)} for name, value in values.items()},
            **conditional,
        )

    def _unavailable(self, error: Exception) -> refusals.Refusal:
        logger.error("the budget cannot be asked: %s", type(error).__name__)
        return refusals.unavailable("The budget cannot be checked now.", "store")
