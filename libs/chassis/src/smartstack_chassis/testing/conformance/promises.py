"""The promise of an answer: the change is committed, and so is its event."""

# ruff: noqa: S101 - made of assertions

from collections.abc import Callable, Mapping
from typing import ClassVar

from smartstack_chassis.testing.conformance.database import failing_commits
from smartstack_chassis.testing.conformance.operations import (
    CHANGING,
    OpenSample,
    Operation,
    OperationsConformance,
    Sample,
    operations,
)


def _changes(operation: Operation) -> bool:
    return operation.method in CHANGING


class CommitConformance(OperationsConformance):
    """No change is acknowledged before it is committed, with an Idempotency-Key and without."""

    selections: ClassVar[Mapping[str, Callable[[Operation], bool]]] = {
        "test_no_change_is_acknowledged_before_it_is_committed": _changes
    }

    async def arrange(self, sample: Sample, operation: Operation) -> None:
        """Bring a new workspace to where the operation changes something: by default it is there already."""

    async def test_no_change_is_acknowledged_before_it_is_committed(
        self, open_sample: OpenSample, operation: Operation
    ) -> None:
        sample = await open_sample()
        await self.arrange(sample, operation)
        before = await self._observe(sample)
        for key in ({}, {"Idempotency-Key": "commit"}):
            async with failing_commits(sample.harness, sample.member.workspace_id):
                answer = await sample.call(operation, self.body(operation), key)
            assert answer.status_code == 503, answer.text
        assert await self._observe(sample) == before

    async def _observe(self, sample: Sample) -> tuple[object, ...]:
        """Return all that the workspace can read, and all that it published."""
        reads = [item for item in operations(self.service) if item.method == "GET"]
        seen = [(await sample.call(item, None)).json() | {"trace_id": None} for item in reads]
        published = await sample.harness.published()
        return (*seen, *(event for event in published if event.workspaceid == sample.member.workspace_id))
