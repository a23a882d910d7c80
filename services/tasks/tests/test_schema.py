"""Migrations and models tell the same story."""

from smartstack_chassis.testing import conformance
from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_tasks.base import Base
from smartstack_tasks.main import service


async def test_migrations_make_what_the_models_describe(tasks: ServiceHarness) -> None:
    await conformance.check_models(tasks, Base.metadata)


async def test_old_code_runs_on_the_new_schema_and_new_code_on_the_old(postgres_admin_url: str) -> None:
    await conformance.check_history(postgres_admin_url, service, Base.metadata)
