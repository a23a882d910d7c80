"""What reaches the ai service is handled."""

from smartstack_ai.main import service
from smartstack_chassis.testing.conformance import ConsumerConformance


class TestConsumers(ConsumerConformance):
    service = service
