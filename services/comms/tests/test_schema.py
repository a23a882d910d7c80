"""Migrations and models tell the same story."""

from smartstack_chassis import conformance
from smartstack_chassis.testing import ServiceHarness
from smartstack_comms.models import Base


async def test_migrations_make_what_the_models_describe(comms: ServiceHarness) -> None:
    await conformance.check_models(comms, Base.metadata)
