"""Migrations and models agree."""

from smartstack_ai.base import Base
from smartstack_ai.main import service
from smartstack_chassis.testing.conformance import SchemaConformance


class TestSchema(SchemaConformance):
    service = service
    metadata = Base.metadata
