"""Migrations and models agree."""

from smartstack_chassis.testing.conformance import SchemaConformance
from smartstack_tasks.base import Base
from smartstack_tasks.main import service


class TestSchema(SchemaConformance):
    service = service
    metadata = Base.metadata
