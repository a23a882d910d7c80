"""Turns by key, without a broker."""

import asyncio
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from faststream_sqs.subscriber.turns import Turns


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=40), st.integers(1, 4), st.integers(1, 4))
def test_no_bound_is_passed_and_every_turn_comes_whoever_is_cancelled(
    asked: list[tuple[str, bool]], total: int, share: int
) -> None:
    async def play() -> None:
        turns, at_work, done = Turns(total, min(share, total)), list[str](), []

        async def work(key: str) -> None:
            async with turns.of(key):
                at_work.append(key)
                assert len(at_work) <= total
                assert at_work.count(key) <= min(share, total)
                try:
                    await asyncio.sleep(0)
                finally:
                    at_work.remove(key)
            done.append(key)

        tasks = [asyncio.create_task(work(key)) for key, _ in asked]
        await asyncio.sleep(0)
        for task, (_, cancelled) in zip(tasks, asked, strict=True):
            if cancelled:
                task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        assert len(done) >= sum(not cancelled for _, cancelled in asked)
        async with turns.of("d"):
            pass

    asyncio.run(play())


async def test_keys_that_wait_take_turns() -> None:
    turns, order = Turns(1, 1), list[str]()

    async def work(key: str) -> None:
        async with turns.of(key):
            order.append(key)
            await asyncio.sleep(0)

    await asyncio.gather(*(work(key) for key in "aaaab"))
    assert order == ["a", "a", "b", "a", "a"]
