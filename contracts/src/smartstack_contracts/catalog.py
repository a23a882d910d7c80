"""The catalog of event types: every named class in the modules of `smartstack_contracts.events`."""

import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from types import MappingProxyType, ModuleType

from smartstack_contracts import events
from smartstack_contracts.envelope import EventData


class IncompleteEventError(TypeError):
    """An event class lacks a part of its declaration."""


def declared_in(module: ModuleType) -> Iterator[type[EventData]]:
    """Yield the event classes that `module` defines; a class without a `name` of its own is only a base."""
    for item in vars(module).values():
        own = isinstance(item, type) and item.__module__ == module.__name__
        if own and issubclass(item, EventData) and "name" in vars(item):
            yield item


def catalog(models: Iterable[type[EventData]]) -> Mapping[str, type[EventData]]:
    """Return the models by type. Raises IncompleteEventError for an incomplete or unreachable one."""
    found: dict[str, type[EventData]] = {}
    for model in models:
        check(model)
        if model.type() in found:
            raise IncompleteEventError(f"{model.type()} is declared twice")
        found[model.type()] = model
    return MappingProxyType(found)


def check(model: type[EventData]) -> None:
    """Raise IncompleteEventError when a part is missing, or when neither a subscriber nor a page hears of it."""
    for part in ("service", "aggregate", "live", "example"):
        if not hasattr(model, part):
            raise IncompleteEventError(f"{model.__name__} declares no {part}")
    if f"{model.aggregate}_id" not in model.model_fields:
        raise IncompleteEventError(f"{model.__name__} has no field {model.aggregate}_id, the id of its aggregate")
    if not model.live and not model.subscribers:
        raise IncompleteEventError(f"{model.__name__} is unreachable: it is not live and has no subscribers")
    if model.service in model.subscribers:
        raise IncompleteEventError(f"{model.__name__} has its own service among its subscribers")
    model.model_validate(model.example)


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(events.__path__):
        yield import_module(f"{events.__name__}.{found.name}")


EVENT_TYPES: Mapping[str, type[EventData]] = catalog(model for module in _modules() for model in declared_in(module))
LIVE: tuple[type[EventData], ...] = tuple(model for model in EVENT_TYPES.values() if model.live)
"""The events that open pages hear of."""
