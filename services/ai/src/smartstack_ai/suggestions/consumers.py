"""Events that the ai service reacts to.

Reading a message may take a model some seconds, so it is prepared before the transaction in which its result is stored.
"""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from smartstack_ai.llm.port import Answer
from smartstack_ai.llm.provider import EngineProvider
from smartstack_ai.suggestions import commands
from smartstack_chassis.auth.revocations import store_revocations
from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.events.uow import Transaction
from smartstack_contracts import Envelope
from smartstack_contracts.events.comms import MessageReceived, MessageSent
from smartstack_contracts.events.gateway import WorkspaceCreated

handlers = EventHandlers("ai")
store_revocations(handlers)
engine = EngineProvider()
MessageEvent = Envelope[MessageReceived] | Envelope[MessageSent]


async def prepare_waiting(
    transaction: Transaction, event: Envelope[WorkspaceCreated]
) -> Callable[[], Awaitable[Mapping[UUID, Answer]]]:
    """Read the messages that wait for this workspace's zone."""
    return await commands.prepare_waiting(transaction, engine, event.data.timezone)


@handlers.on(WorkspaceCreated, copy="workspaces", prepare=prepare_waiting)
async def on_workspace_created(
    transaction: Transaction, event: Envelope[WorkspaceCreated], answers: Mapping[UUID, Answer]
) -> None:
    """Learn the workspace's zone."""
    await commands.read_waiting(transaction, event.data.timezone, answers)


async def prepare_message(transaction: Transaction, event: MessageEvent) -> Callable[[], Awaitable[Answer | None]]:
    """Look for work asked for, or promised."""
    return await commands.prepare_reading(transaction, engine, event)


@handlers.on(MessageReceived, MessageSent, prepare=prepare_message)
async def on_message(transaction: Transaction, event: MessageEvent, answer: Answer | None) -> None:
    """Store what was found."""
    await commands.suggest(transaction, event, answer)
