"""A workspace is alone."""

from smartstack_chassis.testing.conformance import Sample, TenancyConformance
from smartstack_comms.main import service
from smartstack_comms.testing import BODIES, Studio


class TestTenancy(TenancyConformance):
    service = service
    bodies = BODIES


async def test_a_search_finds_nothing_of_another_workspace(sample: Sample, stranger: Studio) -> None:
    await stranger.create_client("Globex")
    assert await stranger.listed("/clients?q=acme") == []
    assert len(await Studio(sample.harness, sample.member).listed("/clients?q=acme")) == 1
