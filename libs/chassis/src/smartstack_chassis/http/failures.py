"""The last resort of every process: an exception that nothing else expected becomes one answer and one line."""

import logging

from opentelemetry import trace
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from smartstack_chassis.http.middleware import ASGIApp, Message, Receive, Scope, Send
from smartstack_chassis.http.problems import unexpected_problem

logger = logging.getLogger(__name__)


class CatchAll:
    """Answers an unexpected exception with 500 as problem+json, and logs it once with its stack.

    The server would log it again, and would answer in plain text. When the answer has begun already, this returns
    without its end: the server then closes the connection, so that the caller sees that it is incomplete.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            logger.error("unexpected failure", exc_info=error)
            trace.get_current_span().set_attribute(ERROR_TYPE, type(error).__qualname__)
            if not started and scope["type"] == "http":
                await unexpected_problem()(scope, receive, send)
