"""One running comms service per worker, on a database of its own; tests stay apart by taking a workspace each."""

from collections.abc import AsyncIterator

import pytest

from smartstack_chassis.testing import ServiceHarness, service_harness
from smartstack_comms.main import service


@pytest.fixture(scope="session")
async def comms(postgres_admin_url: str) -> AsyncIterator[ServiceHarness]:
    """The service, run once for all tests of this worker."""
    async with service_harness(service, postgres_admin_url) as harness:
        yield harness
