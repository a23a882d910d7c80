"""The comms service handles the events that reach it."""

from smartstack_chassis.testing.conformance import ConsumerConformance
from smartstack_comms.main import service


class TestConsumers(ConsumerConformance):
    service = service
