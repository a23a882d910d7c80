"""The kill switch: a setting, or an SSM parameter that an operator turns without a deployment."""

import logging
import time

from botocore.exceptions import BotoCoreError, ClientError

from smartstack_bedrock_proxy import refusals
from smartstack_bedrock_proxy.clients import Clients

logger = logging.getLogger(__name__)
CACHED_SECONDS = 30.0
AGAIN_SECONDS = 2.0
_ON = frozenset({"true", "1", "on", "yes"})


class KillSwitch:
    """Tells whether calls are stopped. The parameter is asked at most every 30 s."""

    def __init__(self, clients: Clients, *, stopped: bool, parameter: str | None) -> None:
        self._clients = clients
        self._stopped = stopped
        self._parameter = parameter
        self._ask_at = float("-inf")
        self._last: bool | None = None

    async def check(self) -> None:
        """Raise Refusal while calls are stopped, and when that could never be found out."""
        if self._stopped:
            raise refusals.stopped()
        if self._parameter and time.monotonic() >= self._ask_at:
            await self._ask(self._parameter)
        if self._parameter and self._last is None:
            raise refusals.unavailable("The kill switch cannot be read now.", "store")
        if self._last:
            raise refusals.stopped()

    async def _ask(self, parameter: str) -> None:
        """Read the parameter; what was known last holds while it cannot be read."""
        self._ask_at = time.monotonic() + AGAIN_SECONDS
        try:
            ssm = await self._clients.get("ssm")
            answer = await ssm.get_parameter(Name=parameter)
            self._last = answer["Parameter"]["Value"].strip().lower() in _ON
            self._ask_at = time.monotonic() + CACHED_SECONDS
        except (BotoCoreError, ClientError, TimeoutError, OSError) as error:
            logger.error("the kill switch cannot be read: %s", type(error).__name__)
