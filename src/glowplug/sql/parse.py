"""The ways in: a statement, an expression, a type, a schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from glowplug.errors import ParseError, unsupported
from glowplug.plan.expressions import Expression, Origin
from glowplug.plan.relations import Relation
from glowplug.sql import expressions, queries, types
from glowplug.sql.cursor import Constant, Cursor, Settings
from glowplug.sql.tokens import END
from glowplug.types import DataType, StructType

if TYPE_CHECKING:
    from glowplug.plan.commands import Command

T = TypeVar("T")
_DEFAULT = Settings()


def parse_statement(
    text: str,
    named: Mapping[str, Expression] | None = None,
    positional: Sequence[Expression] = (),
    settings: Settings = _DEFAULT,
    constant: Constant | None = None,
) -> Relation | Command:
    """One statement, which semicolons may follow. `named` and `positional` replace `:name` and `?`; `constant` tells
    what name an expression in IDENTIFIER is, where that takes more than putting texts together.

    Raises ParseError: PARSE_SYNTAX_ERROR with the place, PARSE_EMPTY_STATEMENT, UNBOUND_SQL_PARAMETER,
    FAILED_TO_PARSE_TOO_COMPLEX for text nested too deep, and what single rules raise.
    """
    return _whole(Cursor(text, settings, named, positional, constant), _statement)


def _statement(c: Cursor) -> Relation | Command:
    if c.kind in ("SELECT", "VALUES"):
        return queries.query(c)
    from glowplug.sql import statements  # half of the parser, which a program of plain queries never loads

    return statements.statement(c)


def parse_expression(text: str, settings: Settings = _DEFAULT) -> Expression:
    """An expression with an optional alias, as in `selectExpr`. Raises ParseError as `parse_statement` does."""
    return _whole(Cursor(text, settings), expressions.select_item)


def parse_type(text: str, settings: Settings = _DEFAULT) -> DataType:
    """A type's SQL name, `array<int>`. Raises ParseError."""
    c = Cursor(text, settings)
    _refuse_empty(c)
    type = _guarded(c, types.data_type)
    if c.kind != END:
        c.fail()
    return type


def parse_schema(text: str, settings: Settings = _DEFAULT) -> StructType:
    """Columns, `a INT, b STRING NOT NULL`, or one struct type. Raises ParseError."""
    try:
        return _guarded(Cursor(text, settings), types.schema)
    except ParseError:
        try:
            type = parse_type(text, settings)
        except ParseError:
            type = None
        if isinstance(type, StructType):
            return type
        raise


def _refuse_empty(c: Cursor) -> None:
    if c.kind == END and not c.text.strip():
        raise ParseError("PARSE_EMPTY_STATEMENT", Origin(c.text, 0, 0))


def _whole(c: Cursor, rule: Callable[[Cursor], T]) -> T:
    _refuse_empty(c)
    result = _guarded(c, rule)
    c.end()
    if c.deferred:
        raise unsupported("IDENTIFIER of anything but constant text", Origin(c.text, 0, len(c.text) - 1))
    return result


def _guarded(c: Cursor, rule: Callable[[Cursor], T]) -> T:
    try:
        return rule(c)
    except RecursionError:
        raise ParseError("FAILED_TO_PARSE_TOO_COMPLEX", c.here()) from None
