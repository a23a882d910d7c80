"""Migrations and models agree."""

from smartstack_chassis.testing.conformance import SchemaConformance
from smartstack_comms.base import Base
from smartstack_comms.main import service


class TestSchema(SchemaConformance):
    service = service
    metadata = Base.metadata
