"""Queues that outlive the process: known by their names, their messages recorded before they are acknowledged."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

from .journal import Entry, Journal

Queue = dict[str, Any]
Message = dict[str, Any]
Scope = tuple[str, str, str]

# Where queue URLs say that the queues are. It is part of the key under which ministack keeps a queue, so it must not
# change with the port of a run; what callers get to see is rewritten to the address that they used.
_STABLE_PORT = "4566"
_CONTROL_SQS = (
    "CreateQueue",
    "DeleteQueue",
    "SetQueueAttributes",
    "AddPermission",
    "RemovePermission",
    "TagQueue",
    "UntagQueue",
)
_CONTROL_SNS = (
    "_create_topic",
    "_delete_topic",
    "_set_topic_attributes",
    "_subscribe",
    "_confirm_subscription",
    "_unsubscribe",
    "_set_subscription_attributes",
)


def name_queues_alike(sqs: Any) -> None:
    """Give a queue the same URL in every run, and merge what earlier runs kept under other ports when it is loaded."""
    if f"{sqs.DEFAULT_HOST}:{sqs.DEFAULT_PORT}" != sqs._CANONICAL_NETLOC:
        raise LookupError("ministack makes queue URLs in another way")
    sqs.DEFAULT_PORT = _STABLE_PORT
    sqs._CANONICAL_NETLOC = f"{sqs.DEFAULT_HOST}:{_STABLE_PORT}"
    restore = sqs.load_persisted_state

    def restore_and_merge(data: Any) -> None:
        restore(data)
        merge_namesakes(sqs)

    sqs.load_persisted_state = restore_and_merge


def merge_namesakes(sqs: Any) -> None:
    """Make one queue of all that have the same account, region and name: the newest one, with everybody's messages."""
    by_scope: dict[Scope, list[Queue]] = {}
    for key, queue in list(sqs._queues.all_items()):
        scope = sqs._queue_scope_from_record(key, queue)
        if scope is not None:
            by_scope.setdefault(scope[:3], []).append(queue)
    sqs._queues._data.clear()
    sqs._queue_name_to_url.clear()
    for (account, region, name), namesakes in by_scope.items():
        newest = max(namesakes, key=lambda queue: float(queue["attributes"].get("LastModifiedTimestamp", 0)))
        messages = {message["id"]: message for queue in namesakes for message in queue["messages"]}
        url = sqs._queue_url_for_account(account, name)
        ordered = sorted(messages.values(), key=lambda message: float(message.get("sent_at") or 0))
        sqs._queues.set_scoped(account, region, url, newest | {"url": url, "messages": ordered})
        sqs._queue_name_to_url.set_scoped(account, region, name, url)


class Recorder:
    """Writes what happens to messages into the journal, and notices when queues, topics or subscriptions change."""

    def __init__(self, sqs: Any, sns: Any, journal: Journal) -> None:
        self._sqs = sqs
        self._sns = sns
        self._journal = journal
        self.structure_changed = False

    def install(self) -> None:
        """Listen to everything in ministack that adds or removes messages. Raises LookupError when it is not there."""
        sqs, sns = self._sqs, self._sns
        sqs._act_send_message = self._adding(sqs._act_send_message)
        sqs._HANDLERS["SendMessage"] = sqs._act_send_message
        sns._deliver_to_sqs = self._delivering(sns._deliver_to_sqs)
        sqs._HANDLERS["PurgeQueue"] = self._purging(sqs._HANDLERS["PurgeQueue"])
        for action in _CONTROL_SQS:
            sqs._HANDLERS[action] = self._restructuring(sqs._HANDLERS[action])
        for name in _CONTROL_SNS:
            setattr(sns, name, self._restructuring(getattr(sns, name)))
        # A snapshot is written directly: the full copy that ministack makes first would double its cost.
        sqs.get_state = lambda: {"queues": sqs._queues, "queue_name_to_url": sqs._queue_name_to_url}

    def added(self, queue: Queue, message: Message) -> None:
        """Record a message that was put into a queue."""
        self._write(queue, {"op": "add", "message": message})

    def received(self, queue: Queue, message: Message) -> None:
        """Record that a message was handed out, and under which receipt handle."""
        entry = {"handle": message["receipt_handle"], "visible_at": message["visible_at"]}
        self._write(queue, {"op": "receive", "id": message["id"], **entry, "count": message["receive_count"]})

    def deleted(self, queue: Queue, message: Message) -> None:
        """Record that a message was acknowledged."""
        self._write(queue, {"op": "delete", "id": message["id"]})

    def _write(self, queue: Queue, entry: Entry) -> None:
        _, _, _, region, account, name = queue["attributes"]["QueueArn"].split(":", 5)
        self._journal.write({"queue": [account, region, name], **entry})

    def _adding(self, send: Any) -> Callable[..., Any]:
        def send_and_record(data: dict[str, Any], url: str) -> Any:
            queue = self._sqs._get_q(data.get("QueueUrl", url))
            before = len(queue["messages"])
            answer = send(data, url)
            for message in queue["messages"][before:]:
                self.added(queue, message)
            return answer

        return send_and_record

    def _delivering(self, deliver: Any) -> Callable[..., None]:
        def deliver_and_record(endpoint: str, *arguments: Any, **options: Any) -> None:
            queue = self._sqs._queue_by_arn(endpoint)
            before = 0 if queue is None else len(queue["messages"])
            deliver(endpoint, *arguments, **options)
            for message in () if queue is None else queue["messages"][before:]:
                self.added(queue, message)

        return deliver_and_record

    def _purging(self, purge: Any) -> Callable[..., Any]:
        def purge_and_record(data: dict[str, Any], url: str) -> Any:
            answer = purge(data, url)
            self._write(self._sqs._get_q(data.get("QueueUrl", url)), {"op": "purge"})
            return answer

        return purge_and_record

    def _restructuring(self, change: Any) -> Callable[..., Any]:
        def change_and_notice(*arguments: Any) -> Any:
            before = self._structure()
            answer = change(*arguments)
            self.structure_changed = self.structure_changed or self._structure() != before
            return answer

        return change_and_notice

    def _structure(self) -> str:
        queues = [
            (key, {n: v for n, v in queue["attributes"].items() if not n.startswith("Approximate")}, queue["tags"])
            for key, queue in self._sqs._queues.all_items()
        ]
        return json.dumps([queues, [topic for _, topic in self._sns._topics.all_items()]], default=str)


def recover(sqs: Any, journal: Journal) -> None:
    """Apply the journal to what the last snapshot holds."""
    for queue, entry in _known(sqs, journal):
        _apply(queue, entry)
    for _, queue in sqs._queues.all_items():
        queue["messages"] = [message for message in queue["messages"] if not message.pop("deleted", False)]


def _known(sqs: Any, journal: Journal) -> Iterator[tuple[Queue, Entry]]:
    by_id: dict[Scope, dict[str, Message]] = {}
    for entry in journal.entries():
        account, region, name = entry["queue"]
        url = sqs._queue_name_to_url.get_scoped(account, region, name)
        queue = sqs._queues.get_scoped(account, region, url) if url else None
        if queue is not None:  # else it was deleted later, which a snapshot knew
            known = by_id.setdefault((account, region, name), {m["id"]: m for m in queue["messages"]})
            yield queue, entry | {"known": known}


def _apply(queue: Queue, entry: Entry) -> None:
    known: dict[str, Message] = entry["known"]
    if entry["op"] == "add":
        message = copy.copy(entry["message"])
        if message["id"] not in known:
            known[message["id"]] = message
            queue["messages"].append(message)
    elif entry["op"] == "purge":
        for message in queue["messages"]:
            message["deleted"] = True
    elif (found := known.get(entry["id"])) is None:
        return  # it was deleted before the snapshot
    elif entry["op"] == "delete":
        found["deleted"] = True
    else:
        found |= {"receipt_handle": entry["handle"], "visible_at": entry["visible_at"]}
        found["receive_count"] = max(found["receive_count"], entry["count"])
        found["first_receive_at"] = found.get("first_receive_at") or entry["visible_at"]
