"""Migrations and models agree."""

import pytest

from smartstack_chassis.database.engine import Base
from smartstack_chassis.testing.conformance import Sample, SchemaConformance
from smartstack_gateway.main import compose
from smartstack_gateway.testing import Gateway


class TestSchema(SchemaConformance):
    service = compose()
    metadata = Base.metadata
    unmapped = frozenset({"live_events", "throttles"})

    @pytest.fixture
    def sample(self, gateway: Gateway) -> Sample:
        """A workspace without anything."""
        return Sample(gateway.harness, gateway.harness.member(), {})
