"""The rules about tasks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartstack_chassis.core.errors import Invalid
from smartstack_contracts.values import Priority, TaskStatus
from smartstack_tasks.tasks import domain
from smartstack_tasks.tasks.domain import TaskState

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
MOMENTS = st.datetimes(timezones=st.just(UTC))
CLIENTS = st.none() | st.uuids()


@st.composite
def states(draw: st.DrawFn) -> TaskState:
    status = draw(st.sampled_from(TaskStatus))
    return TaskState(
        title=draw(st.text(min_size=1)),
        description=draw(st.text()),
        status=status,
        priority=draw(st.sampled_from(Priority)),
        due_at=draw(st.none() | MOMENTS),
        client_id=draw(CLIENTS),
        project_id=draw(st.none() | st.uuids()),
        completed_at=draw(MOMENTS) if status is TaskStatus.COMPLETED else None,
    )


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "title": st.text(min_size=1),
        "status": st.sampled_from(TaskStatus),
        "priority": st.sampled_from(Priority),
        "due_at": st.none() | MOMENTS,
    },
)


@given(states(), CHANGES)
def test_a_task_has_a_completion_date_exactly_while_it_is_completed(state: TaskState, changes: dict) -> None:
    after = domain.change(state, NOW, **changes)
    assert (after.completed_at is not None) == (after.status is TaskStatus.COMPLETED)


@given(states(), CHANGES)
def test_the_same_change_again_changes_nothing(state: TaskState, changes: dict) -> None:
    once = domain.change(state, NOW, **changes)
    assert domain.change(once, NOW + timedelta(hours=1), **changes) == once


@given(states())
def test_no_change_is_no_change(state: TaskState) -> None:
    assert domain.change(state, NOW) == state


@given(states(), CHANGES)
def test_only_the_named_fields_and_the_completion_date_change(state: TaskState, changes: dict) -> None:
    after = domain.change(state, NOW, **changes)
    assert after == replace(state, **changes, completed_at=after.completed_at)


@given(states(), CHANGES)
def test_a_task_gets_done_once_until_it_is_opened_again(state: TaskState, changes: dict) -> None:
    after = domain.change(state, NOW, **changes)
    assert not domain.completes(after, domain.change(after, NOW, status=TaskStatus.COMPLETED)) or (
        after.status is TaskStatus.OPEN
    )
    reopened = domain.change(after, NOW, status=TaskStatus.OPEN)
    assert domain.completes(reopened, domain.change(reopened, NOW, status=TaskStatus.COMPLETED))


@given(CLIENTS, CLIENTS)
def test_a_task_in_a_clients_project_is_that_clients(client: UUID | None, of_project: UUID | None) -> None:
    if of_project is None or client == of_project:
        domain.check_client(client, of_project)
    else:
        with pytest.raises(Invalid) as refused:
            domain.check_client(client, of_project)
        assert refused.value.errors[0]["field"] == "client_id"
