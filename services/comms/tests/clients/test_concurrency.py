"""Concurrent changes of one client."""

import asyncio
from collections import Counter

from smartstack_comms.testing import Studio


async def test_of_many_changes_to_one_version_a_single_one_wins(studio: Studio) -> None:
    client = await studio.create_client()
    answers = await asyncio.gather(
        *(studio.send("PATCH", f"/clients/{client['id']}", {"name": f"N{i}"}, If_Match='"1"') for i in range(20))
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 19}
    [won] = [answer.json() for answer in answers if answer.status_code == 200]
    assert (await studio.send("GET", f"/clients/{client['id']}")).json() == won
    assert await studio.announced_names() == ["client_created", "client_updated"]
