"""Migrations and models tell the same story."""

from smartstack_chassis.testing import conformance
from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_comms.base import Base
from smartstack_comms.main import service


async def test_migrations_make_what_the_models_describe(comms: ServiceHarness) -> None:
    await conformance.check_models(comms, Base.metadata)


async def test_old_code_runs_on_the_new_schema_and_new_code_on_the_old(postgres_admin_url: str) -> None:
    await conformance.check_history(postgres_admin_url, service, Base.metadata)
