"""What migrations may do to code that runs."""

from smartstack_ai.base import Base
from smartstack_ai.main import service
from smartstack_chassis.testing import conformance


async def test_old_code_runs_on_the_new_schema_and_new_code_on_the_old(postgres_admin_url: str) -> None:
    await conformance.check_history(postgres_admin_url, service, Base.metadata)
