"""One class declares an event: an incomplete or unreachable one is refused, and everything else follows from it."""

import ast
import re
from types import ModuleType
from typing import Any, ClassVar
from uuid import UUID

import pytest

from smartstack_contracts import EVENT_TYPES, LIVE, EventData
from smartstack_contracts.asyncapi import asyncapi_document
from smartstack_contracts.catalog import IncompleteEventError, catalog, declared_in
from smartstack_contracts.events.tasks import TaskCreated
from smartstack_contracts.generate import ROOT
from smartstack_contracts.topology import SERVICES, consumed, topology
from smartstack_contracts.typescript import live_events

PRODUCT = ROOT.parent


class NoteAdded(EventData):
    service = "comms"
    name = "note_added"
    aggregate = "note"
    live = True
    example: ClassVar[dict[str, Any]] = {"note_id": UUID(int=1)}

    note_id: UUID


def declared(**changes: Any) -> type[EventData]:
    return type("NoteAdded", (NoteAdded,), {"__module__": __name__, "name": "note_added", **changes})


@pytest.mark.parametrize("part", ["service", "aggregate", "live", "example"])
def test_an_event_without_a_part_of_its_declaration_is_refused(part: str) -> None:
    parts = {name: vars(NoteAdded)[name] for name in ("service", "aggregate", "live", "example") if name != part}
    fields = {"__module__": __name__, "__annotations__": {"note_id": UUID}, "name": "note_added", **parts}
    with pytest.raises(IncompleteEventError, match=part):
        catalog([type("NoteAdded", (EventData,), fields)])


def test_an_event_without_subscriber_or_page_is_refused_as_unreachable() -> None:
    with pytest.raises(IncompleteEventError, match="unreachable"):
        catalog([declared(live=False)])
    assert catalog([declared(live=False, subscribers=("tasks",))])


def test_an_event_whose_aggregate_has_no_id_is_refused() -> None:
    with pytest.raises(IncompleteEventError, match="memo_id"):
        catalog([declared(aggregate="memo")])


def test_an_example_that_the_event_itself_refuses_is_refused() -> None:
    with pytest.raises(ValueError, match="note_id"):
        catalog([declared(example={"note_id": "x"})])


def test_two_classes_of_one_name_are_refused() -> None:
    with pytest.raises(IncompleteEventError, match="twice"):
        catalog([NoteAdded, declared()])


def test_a_class_in_a_module_of_events_is_in_the_catalog_without_being_named() -> None:
    module = ModuleType("events_of_notes")
    module.NoteAdded = declared(__module__=module.__name__)  # type: ignore[attr-defined]
    module.Imported = NoteAdded  # type: ignore[attr-defined]
    assert [model.type() for model in declared_in(module)] == ["smartstack.comms.note_added.v1"]


def test_no_event_is_declared_outside_of_the_contracts() -> None:
    for path in [*PRODUCT.glob("services/*/src/**/*.py"), *PRODUCT.glob("libs/*/src/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                assert "EventData" not in [ast.unparse(base).rpartition(".")[2] for base in node.bases], path


@pytest.mark.parametrize("model", EVENT_TYPES.values(), ids=lambda model: model.type())
def test_every_event_is_emitted_by_its_own_service(model: type[EventData]) -> None:
    sources = PRODUCT.glob(f"services/{model.service}/src/**/*.py")
    assert any(re.search(rf"\b{model.__name__}\b", path.read_text()) for path in sources)


def test_every_event_reaches_a_queue_and_every_live_one_the_gateway() -> None:
    reached = {kind for item in topology()["subscriptions"] for kind in item["filter"]["type"]}
    assert reached == set(EVENT_TYPES)
    assert set(LIVE) <= set(consumed("gateway"))
    assert set(SERVICES) == {model.service for model in EVENT_TYPES.values()}


def test_the_documents_name_every_event_once() -> None:
    document = asyncapi_document({kind: {} for kind in EVENT_TYPES})
    named = [kind for channel in document["channels"].values() for kind in channel["messages"]]
    assert sorted(named) == sorted(EVENT_TYPES)


def test_the_web_app_gets_the_live_events_alone() -> None:
    text = live_events([TaskCreated, NoteAdded])
    assert "  note_added: 'note',\n  task_created: 'task',\n" in text
    assert "access_revoked" not in live_events(LIVE)
