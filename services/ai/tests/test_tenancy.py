"""A workspace is alone."""

from typing import Any

import pytest

from smartstack_ai.main import service
from smartstack_chassis.testing.conformance import Sample, TableConformance, TenancyConformance
from smartstack_chassis.testing.harness import ServiceHarness
from smartstack_contracts import new_id


class TestTenancy(TenancyConformance):
    service = service
    bodies = {"accept_suggestion": {}}  # noqa: RUF012
    # Only a workspace that is not known yet has messages that wait for it.
    drained = frozenset({"outbox", "waiting_messages"})


class TestMessagesThatWait(TableConformance):
    drained = frozenset({"outbox", "workspaces", "suggestions", "model_calls", "idempotency_keys", "event_log"})

    @pytest.fixture
    async def sample(self, ai: ServiceHarness, unannounced: Any) -> Sample:
        """A workspace that this service does not know yet."""
        await unannounced.says("Please send the invoice by Thursday.")
        return Sample(ai, unannounced.member, {"suggestion_id": str(new_id())})
