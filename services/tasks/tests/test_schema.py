"""Migrations and models tell the same story."""

from smartstack_chassis import conformance
from smartstack_chassis.testing import ServiceHarness
from smartstack_tasks.models import Base


async def test_migrations_make_what_the_models_describe(tasks: ServiceHarness) -> None:
    await conformance.check_models(tasks, Base.metadata)
