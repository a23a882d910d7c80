"""Enums that may grow: a producer sends known values alone, a consumer reads an unknown one as Unknown.

`Open[Priority]` is the type of such a field. Static types then make every handler decide about the unknown value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final, TypeVar, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

E = TypeVar("E", bound=StrEnum)

CONSUMER: Final[Mapping[str, bool]] = {"consumer": True}
"""The validation context under which unknown values are accepted."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that this release does not know: a newer producer sent it."""

    value: str


def known(value: E | Unknown, neutral: E) -> E:
    """Return `value`, or `neutral` in place of an unknown one."""
    return neutral if isinstance(value, Unknown) else value


class _ReadOpenly:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        closed = handler(_enum(source))
        as_text = core_schema.plain_serializer_function_ser_schema(_text, when_used="json")
        return core_schema.with_info_wrap_validator_function(
            _read, closed, serialization=as_text, metadata={"values": [each.value for each in _enum(source)]}
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, _: GetJsonSchemaHandler) -> JsonSchemaValue:
        # `enum` would make validators of consumers refuse a value that is added later.
        return {"type": "string", "x-extensible-enum": schema["metadata"]["values"]}


Open = Annotated[E | Unknown, _ReadOpenly()]


def _enum(source: Any) -> type[StrEnum]:
    (found,) = (each for each in get_args(source) if each is not Unknown)
    return found  # type: ignore[no-any-return]


def _read(
    value: Any, closed: core_schema.ValidatorFunctionWrapHandler, info: core_schema.ValidationInfo[Any]
) -> object:
    try:
        return closed(value)
    except ValidationError:
        if info.context is CONSUMER and isinstance(value, str):
            return Unknown(value)
        raise


def _text(value: StrEnum | Unknown) -> str:
    return value.value
