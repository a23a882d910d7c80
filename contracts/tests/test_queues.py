"""Queues are data: what one feeds on, the others of its service do not; what nothing names is refused."""

import pytest

from smartstack_contracts import topology
from smartstack_contracts.events.comms import MessageReceived, MessageSent
from smartstack_contracts.events.tasks import TaskCreated

READING = topology.Queue(
    service="ai", role="reading", feed=(MessageReceived, MessageSent), visibility_seconds=60, max_receive_count=3
)


@pytest.fixture
def second_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topology, "QUEUES", (*topology.QUEUES, READING))


@pytest.mark.usefixtures("second_queue")
def test_a_second_queue_takes_its_feed_away_from_the_first() -> None:
    inbox, reading = topology.queues("ai")
    assert set(topology.feed(reading)) == {MessageReceived, MessageSent}
    assert set(topology.feed(inbox)) == set(topology.consumed("ai")) - {MessageReceived, MessageSent}
    assert topology.queue_for("ai", MessageSent.type()) == reading


@pytest.mark.usefixtures("second_queue")
def test_one_declaration_puts_a_queue_into_the_topology_with_its_limits_and_subscriptions() -> None:
    plan = topology.topology()
    assert plan["queues"]["ai-reading"] == {
        "service": "ai",
        "dead_letter_queue": "ai-reading-dlq",
        "decoder": "event",
        "max_receive_count": 3,
        "visibility_timeout_seconds": 60,
        "message_retention_seconds": 345_600,
        "dead_letter_retention_seconds": 1_209_600,
    }
    fed = {item["queue"]: item for item in plan["subscriptions"] if item["topic"] == "comms-events"}
    assert fed["ai-reading"]["filter"] == {"type": [MessageReceived.type(), MessageSent.type()]}
    assert "ai-inbox" not in fed


def test_a_feed_with_an_event_that_the_service_does_not_subscribe_to_is_refused() -> None:
    with pytest.raises(ValueError, match="ai does not subscribe"):
        topology.feed(topology.Queue(service="ai", role="other", feed=(TaskCreated,)))


def test_no_two_queues_share_a_name_and_every_consumed_event_has_one_queue() -> None:
    names = [name for queue in topology.QUEUES for name in (queue.name, queue.dead_letter_name)]
    assert len(set(names)) == len(names)
    for service in topology.SERVICES:
        fed = [model for queue in topology.queues(service) for model in topology.feed(queue)]
        assert sorted(fed, key=str) == sorted(topology.consumed(service), key=str)


def test_a_service_that_does_not_consume_an_event_has_no_queue_for_it() -> None:
    with pytest.raises(KeyError):
        topology.queue_for("comms", TaskCreated.type())
