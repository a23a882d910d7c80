"""Conformance of consumers: a service handles the events that reach it, and refuses invalid ones."""

# ruff: noqa: S101 - made of assertions

from typing import ClassVar

import pytest

from smartstack_chassis.events.handlers import EventHandlers, PermanentEventError
from smartstack_chassis.process.service import Service
from smartstack_chassis.testing.conformance.operations import Sample
from smartstack_chassis.testing.strangers import check_strangers
from smartstack_contracts import topology


class ConsumerConformance:
    """The handlers of `service` are those that the topology needs, and retry nothing that can never be handled."""

    service: ClassVar[Service]

    @property
    def handlers(self) -> EventHandlers:
        """Return the handlers of the service."""
        assert self.service.handlers is not None
        return self.service.handlers

    def test_there_is_a_handler_for_exactly_what_the_topology_delivers(self) -> None:
        assert self.handlers.types == {model.type() for model in topology.consumed(self.service.name)}

    @pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b"{}", b'{"type": "smartstack.x.y.v1"}', b"\xff"])
    async def test_a_message_that_makes_no_sense_is_never_retried(self, sample: Sample, body: bytes) -> None:
        with pytest.raises(PermanentEventError):
            await self.handlers.dispatch(body, sample.harness.uow)

    async def test_an_unknown_value_in_any_enum_of_any_event_is_handled(self, sample: Sample) -> None:
        """A newer producer sends values that this release does not know; its handlers go on."""
        await check_strangers(sample.harness)
