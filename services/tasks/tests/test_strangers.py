"""A newer producer sends values that this release does not know; its handlers go on."""

from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_chassis.testing.strangers import check_strangers


async def test_an_unknown_value_in_any_enum_of_any_event_is_handled(tasks: ServiceHarness) -> None:
    await check_strangers(tasks)
