"""The gateway handles the events that reach it."""

import pytest

from smartstack_chassis.testing.conformance import ConsumerConformance, Sample
from smartstack_gateway.main import compose
from smartstack_gateway.testing import Gateway


class TestConsumers(ConsumerConformance):
    service = compose()

    @pytest.fixture
    def sample(self, gateway: Gateway) -> Sample:
        """A workspace without anything."""
        return Sample(gateway.harness, gateway.harness.member(), {})
