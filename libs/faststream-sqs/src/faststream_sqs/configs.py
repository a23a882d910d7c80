"""Configuration shared by broker and routers, and the connection behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from faststream.exceptions import IncorrectState

from ._internal import BrokerConfig, UnderlyingDriverAnnotation, UnderlyingDriverAnnotations
from .claim_check import ClaimCheck
from .schemas import Declare, S3ClaimCheck
from .topology import Topology
from .transport import Clients, Transport


@dataclass(slots=True)
class Connection:
    """An open connection: clients, the transport over them, and what they are for.

    `offline` is set by the test broker: nothing is polled.
    """

    clients: Clients
    transport: Transport
    topology: Topology
    claim_check: ClaimCheck
    offline: bool = False

    async def close(self) -> None:
        """Closes transport and clients."""
        await self.transport.close()
        await self.clients.close()


def _context_annotations() -> UnderlyingDriverAnnotations:
    # the broker imports this module, so its names exist only once the package is built
    from . import annotations  # noqa: PLC0415
    from .broker.broker import SQSBroker  # noqa: PLC0415
    from .message import SQSMessage  # noqa: PLC0415

    rows: Mapping[type, UnderlyingDriverAnnotation] = {
        SQSBroker: UnderlyingDriverAnnotation(
            type_hint=annotations.SQSBroker, module="faststream_sqs.annotations", name="SQSBroker"
        ),
        SQSMessage: UnderlyingDriverAnnotation(
            type_hint=annotations.SQSMessage, module="faststream_sqs.annotations", name="SQSMessage"
        ),
    }
    return MappingProxyType(rows)


@dataclass(kw_only=True)
class SQSBrokerConfig(BrokerConfig):
    """The configuration of a broker or router; only a broker's has a connection."""

    declare: Declare = "create"
    claim_check: S3ClaimCheck | None = None
    wait_time: int = 10
    default_driver_annotations: UnderlyingDriverAnnotations = field(default_factory=_context_annotations)
    current_connection: Connection | None = field(default=None, init=False, repr=False)

    @property
    def connection(self) -> Connection:
        """The open connection.

        Raises:
            IncorrectState: the broker is not connected.
        """
        if self.current_connection is None:
            raise IncorrectState("The broker is not connected. Call `connect()` or `start()` first.")
        return self.current_connection
