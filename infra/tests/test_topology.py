"""Contracts and cloud: every event has its topic, every consumer its subscription, and the code says nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
from hcl import INFRA, blocks

from smartstack_contracts.catalog import EVENT_TYPES
from smartstack_contracts.topology import SERVICES, consumed

MESSAGING = INFRA / "modules/messaging"


@pytest.fixture(scope="module")
def topology() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((INFRA.parent / "contracts/topology.json").read_text())
    return read


def resource(folder: Path, kind: str, name: str) -> dict[str, Any]:
    (found,) = (block.body for block in blocks(folder, "resource") if block.labels == (kind, name))
    return found


def local_values(folder: Path) -> dict[str, Any]:
    return {name: value for block in blocks(folder, "locals") for name, value in block.body.items()}


def test_every_event_has_one_topic_which_its_own_service_publishes_to(topology: dict[str, Any]) -> None:
    published = [event for topic in topology["topics"].values() for event in topic["events"]]
    assert sorted(published) == sorted(EVENT_TYPES)
    for topic in topology["topics"].values():
        assert {event.split(".")[1] for event in topic["events"]} == {topic["service"]}


def test_every_consumer_has_a_subscription_for_each_event_and_none_besides(topology: dict[str, Any]) -> None:
    delivered = {
        (topology["queues"][item["queue"]]["service"], event)
        for item in topology["subscriptions"]
        for event in item["filter"]["type"]
        if event in topology["topics"][item["topic"]]["events"]
    }
    assert delivered == {(service, event.type()) for service in SERVICES for event in consumed(service)}
    assert sum(len(item["filter"]["type"]) for item in topology["subscriptions"]) == len(delivered)


def test_every_queue_has_a_dead_letter_queue_of_its_own(topology: dict[str, Any]) -> None:
    dead = [queue["dead_letter_queue"] for queue in topology["queues"].values()]
    assert len(set(dead)) == len(dead)
    assert not set(dead) & topology["queues"].keys()


def test_the_cloud_makes_topics_queues_and_subscriptions_of_the_topology_and_no_others() -> None:
    values = local_values(MESSAGING)
    assert values["topics"] == "${var.topology.topics}"
    assert values["queues"] == "${var.topology.queues}"
    assert "var.topology.subscriptions" in values["subscriptions"]
    assert resource(MESSAGING, "aws_sns_topic", "this")["for_each"] == "${local.topics}"
    assert resource(MESSAGING, "aws_sqs_queue", "inbox")["for_each"] == "${local.queues}"
    subscription = resource(MESSAGING, "aws_sns_topic_subscription", "this")
    assert subscription["for_each"] == "${local.subscriptions}"
    assert subscription["filter_policy"] == "${jsonencode(each.value.filter)}"
    assert subscription["raw_message_delivery"] == "${each.value.raw}"
    for kind in ("aws_sns_topic", "aws_sqs_queue", "aws_sns_topic_subscription"):
        made = {block.file.parent.name for block in _everywhere(kind)}
        assert made <= {"messaging", "observability", "bedrock_proxy"}, kind


def test_buckets_and_tables_are_those_of_the_topology() -> None:
    assert local_values(INFRA / "modules/storage")["buckets"] == "${var.topology.buckets}"
    assert resource(INFRA / "modules/storage", "aws_dynamodb_table", "this")["for_each"] == "${var.topology.tables}"


def test_the_root_reads_the_contracts_own_file() -> None:
    assert local_values(INFRA)["topology"] == '${jsondecode(file("${path.module}/../contracts/topology.json"))}'
    (messaging,) = (block.body for block in blocks(INFRA, "module") if block.labels == ("messaging",))
    assert messaging["topology"] == "${local.topology}"


def test_every_service_of_the_topology_is_sized_in_every_environment(topology: dict[str, Any]) -> None:
    services = {topic["service"] for topic in topology["topics"].values()}
    for file in (INFRA / "environments").glob("*.tfvars"):
        text = file.read_text()
        assert {name for name in services if f"\n  {name} = {{" in text} == services, file


def _everywhere(kind: str) -> list[Any]:
    folders = [INFRA, *(INFRA / "modules").iterdir()]
    return [block for folder in folders for block in blocks(folder, "resource") if block.labels[0] == kind]
