"""What reaches the comms service is handled."""

from smartstack_chassis.testing.conformance import ConsumerConformance
from smartstack_comms.main import service


class TestConsumers(ConsumerConformance):
    service = service
