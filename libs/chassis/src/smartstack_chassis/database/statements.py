"""Statements that cost little: SQLAlchemy writes each of them once, and the driver runs it.

    @statement
    def _tasks(*, limit: Value, status: Value | None) -> Sql:
        query = sa.select(Task.id, Task.title)
        if status is not None:
            query = query.where(Task.status == status)
        return query.limit(limit)

    rows = await reader.fetch(_tasks, limit=20, status=None)

The function is called once for each set of arguments that are not None, with parameters in their place; what it returns
is compiled, and kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.orm import DeclarativeBase

Value: TypeAlias = sa.BindParameter[Any]
"""What a statement's function gets in place of an argument."""

Sql: TypeAlias = sa.Executable
"""What it returns: a SELECT, or an INSERT or UPDATE that returns its rows."""

Row: TypeAlias = dict[str, Any]
"""The values of a row by column name."""

_Process: TypeAlias = Callable[[Any], Any]
# The asyncpg dialect writes parameters as $1, $2, … and the casts that the driver needs.
_DIALECT: Dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]


class Statement:
    """A statement for each set of arguments that are given."""

    def __init__(self, build: Callable[..., Sql]) -> None:
        self._build = build
        self._compiled: dict[tuple[str, ...], _Compiled] = {}

    def bind(self, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Return the SQL for these arguments, and the driver's parameters."""
        given = tuple([name for name, value in values.items() if value is not None])
        compiled = self._compiled.get(given)
        if compiled is None:
            parameters: dict[str, Value | None] = dict.fromkeys(values) | {name: sa.bindparam(name) for name in given}
            compiled = self._compiled[given] = _Compiled.of(self._build(**parameters))
        return compiled.sql, compiled.arguments(values)


def statement(build: Callable[..., Sql]) -> Statement:
    """Return the statement that `build` describes; its arguments are keywords."""
    return Statement(build)


def columns_of(
    model: type[DeclarativeBase], schema: type[BaseModel], **others: sa.ColumnElement[Any]
) -> list[sa.ColumnElement[Any]]:
    """Return the columns of `model` that `schema` shows, by its names, and `others` under theirs."""
    shown = [column for column in model.__table__.columns if column.name in schema.model_fields]
    return [*shown, *(column.label(name) for name, column in others.items())]


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    # Name, value of a constant in the statement, and what makes the driver's value of it.
    parameters: tuple[tuple[str, Any, "_Process | None"], ...]

    @classmethod
    def of(cls, query: Sql) -> "_Compiled":
        compiled = cast("Any", query).compile(dialect=_DIALECT)
        constants: Mapping[str, Any] = compiled.params
        processors: Mapping[str, _Process] = compiled._bind_processors
        names: list[str] = compiled.positiontup or []
        return cls(str(compiled), tuple((name, constants[name], processors.get(name)) for name in names))

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        found = []
        for name, constant, process in self.parameters:
            value = values.get(name, constant)
            found.append(process(value) if process else value)
        return found
