"""Messages of a newer producer, for tests: each example with one value that this release does not know."""

import copy
from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from smartstack_contracts.envelope import EventData
from smartstack_contracts.samples import example

STRANGER = "value_of_a_later_release"
Path = tuple[str | int, ...]


def strangers(model: type[EventData]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name of each field that holds an enum, nested ones too, and the example with a stranger in it.

    Raises ValueError when the example of `model` leaves out a list or an object that holds one.
    """
    message = example(model)
    for path in sorted(set(_fields(model, message["data"], ()))):
        changed = copy.deepcopy(message)
        _put(changed["data"], path)
        yield ".".join(map(str, path)), changed


def _fields(model: type[BaseModel], data: dict[str, Any], above: Path) -> Iterator[Path]:
    for name, field in model.model_fields.items():
        yield from _within(field.annotation, data.get(name), (*above, name))


def _within(annotation: Any, value: Any, path: Path) -> Iterator[Path]:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        yield path
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _fields(annotation, value or {}, path)
    elif get_origin(annotation) is Literal:
        yield path
    elif get_origin(annotation) is Annotated:
        yield from _within(get_args(annotation)[0], value, path)
    elif get_origin(annotation) in (list, tuple, set, frozenset):
        yield from _within(get_args(annotation)[0], value[0] if value else None, (*path, 0))
    elif get_origin(annotation) is dict:
        key = next(iter(value or {}), "missing")
        yield from _within(get_args(annotation)[1], (value or {}).get(key), (*path, key))
    elif get_origin(annotation) is Union or isinstance(annotation, _UNION):
        for each in get_args(annotation):
            yield from _within(each, value, path)


_UNION = type(int | str)


def _put(data: Any, path: Path) -> None:
    *above, last = path
    for step in above:
        data = data[step]
        if not data:
            raise ValueError(f"the example leaves out {'.'.join(map(str, path))}")
    data[last] = STRANGER
