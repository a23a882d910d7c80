"""The open resources of a gateway process, found by type."""

from typing import Annotated, TypeVar

from fastapi import Depends, Request

from smartstack_chassis.http.dependencies import runtime_of

T = TypeVar("T")


class Resources:
    """The objects that one process holds open, one of each type. `main.py` opens and closes them."""

    def __init__(self, *held: object) -> None:
        self._held = {type(each): each for each in held}

    def __getitem__(self, kind: type[T]) -> T:
        """Return the object of exactly this type. Raises KeyError when the process holds none."""
        found: T = self._held[kind]  # type: ignore[assignment]
        return found


async def resources_of(request: Request) -> Resources:
    """Return the resources of this process."""
    resources: Resources = runtime_of(request).resources
    return resources


ProcessResources = Annotated[Resources, Depends(resources_of)]
