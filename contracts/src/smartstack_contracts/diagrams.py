"""The map of events as Markdown: which service publishes them, the queues that take them, and what a browser sees."""

from collections.abc import Iterator, Mapping

from smartstack_contracts.envelope import EventData
from smartstack_contracts.topology import QUEUES, Queue, subscriptions, topic_name


def event_map(types: Mapping[str, type[EventData]]) -> str:
    """Return the page: a flowchart of topics and queues, and a row per event type."""
    lines = [
        "# Events",
        "",
        "Written from the contracts by `python -m smartstack_contracts.generate`; do not edit.",
        "",
        "```mermaid",
        "flowchart LR",
        *_chart(types),
        "```",
        "",
        "| Event | Published by | About | Handled by | Live |",
        "|---|---|---|---|---|",
        *(_row(kind, model) for kind, model in sorted(types.items())),
    ]
    return "\n".join(lines) + "\n"


def _chart(types: Mapping[str, type[EventData]]) -> Iterator[str]:
    for service in sorted({model.service for model in types.values()}):
        yield f'    {service}(["{service}"]) --> {_node(topic_name(service))}[["{topic_name(service)}"]]'
    for queue in sorted(QUEUES, key=lambda queue: queue.name):
        for item in subscriptions(queue):
            yield f'    {_node(item.topic)} -->|"{len(item.types)}"| {_node(queue.name)}[/"{queue.name}"/]'
        yield f"    {_node(queue.name)} --> {_consumer(queue)}"


def _consumer(queue: Queue) -> str:
    return f'{queue.service}_handlers(["{queue.service}"])'


def _node(name: str) -> str:
    return name.replace("-", "_")


def _row(kind: str, model: type[EventData]) -> str:
    short = kind.split(".", 2)[2]
    live = "yes" if model.live else ""
    return f"| `{short}` | {model.service} | {model.aggregate} | {', '.join(sorted(model.subscribers))} | {live} |"
