"""Whatever the bus does to the order, the effect is that of the order in which things happened."""

import asyncio
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import MetaData, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from smartstack_chassis.core.actors import Member
from smartstack_chassis.events.handlers import EventHandlers
from smartstack_chassis.events.ordering import InOrder, keep_newest
from smartstack_chassis.events.uow import Transaction
from smartstack_chassis.testing.harness import ServiceHarness, event
from smartstack_contracts import EVENT_TYPES, Envelope, encode, new_id
from smartstack_contracts.events.comms import ClientUpdated

AGGREGATES, VERSIONS = 50, 10
# 2 x 500 deliveries for each of 10 seeds: 10,000 for each gate.
SEEDS = range(10)


class Base(DeclarativeBase):
    metadata = MetaData()


class Copy(Base):
    __tablename__ = "copies"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    name: Mapped[str]
    sequence: Mapped[int]


def renamed(member: Member, subject: UUID, sequence: int) -> Envelope[Any]:
    data = ClientUpdated(client_id=subject, client_name=f"{subject} v{sequence}")
    return event(data, member.workspace_id, subject=subject, sequence=sequence)


def deliveries(member: Member, seed: int) -> tuple[list[UUID], list[Envelope[Any]]]:
    """Return aggregates, and all their events twice in any order."""
    subjects = [new_id() for _ in range(AGGREGATES)]
    log = [renamed(member, subject, sequence) for subject in subjects for sequence in range(1, VERSIONS + 1)]
    return subjects, Random(seed).sample(log * 2, 2 * len(log))  # noqa: S311 - the seed makes the order repeatable


@pytest.mark.parametrize("seed", SEEDS)
async def test_only_newer_state_is_kept(probe: ServiceHarness, seed: int) -> None:
    member = probe.member()
    subjects, shuffled = deliveries(member, seed)
    newest: dict[UUID, int] = {}
    for batch in (shuffled[start : start + 100] for start in range(0, len(shuffled), 100)):
        async with probe.uow.begin(member) as transaction:
            for each in batch:
                written = await keep_newest(
                    transaction, Copy, each.sequence, id=each.subject, name=each.data.client_name
                )
                # The model: the highest version so far.
                assert written == (each.sequence > newest.get(each.subject, 0))
                newest[each.subject] = max(newest.get(each.subject, 0), each.sequence)
    async with probe.uow.begin(member) as transaction:
        rows = (await transaction.session.execute(text("SELECT id, name, sequence FROM copies"))).all()
    assert {(row.id, row.name, row.sequence) for row in rows} == {(s, f"{s} v{VERSIONS}", VERSIONS) for s in subjects}


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_event_passes_once_and_in_order(probe: ServiceHarness, seed: int) -> None:
    member, gate = probe.member(), InOrder("probe", EVENT_TYPES)
    subjects, shuffled = deliveries(member, seed)
    passed: dict[UUID, list[int]] = {subject: [] for subject in subjects}
    seen: dict[UUID, set[int]] = {subject: set() for subject in subjects}
    for batch in (shuffled[start : start + 100] for start in range(0, len(shuffled), 100)):
        async with probe.uow.begin(member) as transaction:
            for each in batch:
                for admitted in await gate.admit(transaction, each):
                    assert admitted.subject == each.subject
                    passed[each.subject].append(admitted.sequence)
                # The model: as far as there is no gap in what has arrived.
                seen[each.subject].add(each.sequence)
                whole = next(n for n in range(VERSIONS + 1) if n + 1 not in seen[each.subject])
                assert passed[each.subject] == list(range(1, whole + 1))
    assert all(sequences == list(range(1, VERSIONS + 1)) for sequences in passed.values())
    async with probe.uow.begin(member) as transaction:
        assert await transaction.session.scalar(text("SELECT count(*) FROM held_events")) == 0


@pytest.mark.parametrize("seed", range(3))
async def test_a_history_kept_through_the_gate_reads_as_it_happened(probe: ServiceHarness, seed: int) -> None:
    """The example of sequence.py: a handler to which every event counts."""
    member, subject, handlers = probe.member(), new_id(), EventHandlers("tasks")
    changes = InOrder("changes", EVENT_TYPES)

    @handlers.on(ClientUpdated)
    async def on_client_updated(transaction: Transaction, event: Envelope[ClientUpdated]) -> None:
        for each in await changes.admit(transaction, event):
            row = {"id": new_id(), "workspace": transaction.workspace_id, "title": each.data.client_name}
            await transaction.session.execute(text("INSERT INTO notes VALUES (:id, :workspace, :title)"), row)

    told = [encode(renamed(member, subject, sequence)) for sequence in range(1, 11)]
    for body in Random(seed).sample(told * 2, 20):  # noqa: S311 - repeatable
        await handlers.dispatch(body, probe.uow)
    async with probe.uow.begin(member) as transaction:
        history = (await transaction.session.scalars(text("SELECT title FROM notes ORDER BY id"))).all()
    assert history == [f"{subject} v{sequence}" for sequence in range(1, 11)]


async def test_at_once_they_pass_in_order_too(probe: ServiceHarness) -> None:
    member, gate, subject, passed = probe.member(), InOrder("probe", EVENT_TYPES), new_id(), []

    async def deliver(sequence: int) -> None:
        async with probe.uow.begin(member) as transaction:
            passed.extend([each.sequence for each in await gate.admit(transaction, renamed(member, subject, sequence))])

    order = Random(1).sample([*range(1, 31)] * 2, 60)  # noqa: S311 - repeatable
    await asyncio.gather(*(deliver(sequence) for sequence in order))
    assert passed == list(range(1, 31))


async def test_what_rolls_back_has_not_passed_and_each_stream_has_its_own_place(probe: ServiceHarness) -> None:
    member, subject = probe.member(), new_id()
    one, other = InOrder("one", EVENT_TYPES), InOrder("other", EVENT_TYPES)
    first = renamed(member, subject, 1)
    with pytest.raises(RuntimeError):
        async with probe.uow.begin(member) as transaction:
            assert await one.admit(transaction, first) == [first]
            raise RuntimeError
    for gate in (one, other):
        async with probe.uow.begin(member) as transaction:
            assert await gate.admit(transaction, first) == [first]
            assert await gate.admit(transaction, first) == []
