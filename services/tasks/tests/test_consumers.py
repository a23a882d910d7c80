"""What reaches the tasks service is handled."""

from smartstack_chassis.testing.conformance import ConsumerConformance
from smartstack_tasks.main import service


class TestConsumers(ConsumerConformance):
    service = service
