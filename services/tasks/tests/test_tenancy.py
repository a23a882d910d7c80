"""A workspace is alone."""

from smartstack_chassis.testing.conformance import Sample, TenancyConformance
from smartstack_tasks.main import service
from smartstack_tasks.testing import BODIES, Studio


class TestTenancy(TenancyConformance):
    service = service
    bodies = BODIES


async def test_an_event_of_one_workspace_changes_nothing_in_another(sample: Sample, stranger: Studio) -> None:
    owner = Studio(sample.harness, sample.member)
    before = await owner.listed()
    await stranger.hears(stranger.suggestion_accepted(task_id=sample.ids["task_id"]))
    assert await owner.listed() == before
    assert await stranger.listed() == []
