"""Cursors: the rows of a query, one for each FETCH, in a script.

A cursor belongs to the block that declares it and ends with it. OPEN reads and analyses the query, whose markers have
values then; rows are computed as they are fetched, and nothing is held but what is under way.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from glowplug.analyze.context import Scope
from glowplug.analyze.expressions import resolve
from glowplug.analyze.variables import assigned
from glowplug.errors import AnalysisError, ExecutionError
from glowplug.execute.local import literal_rows
from glowplug.execute.operation import Operation
from glowplug.plan.expressions import Expression, Literal, UnresolvedAlias
from glowplug.plan.names import pretty
from glowplug.plan.relations import Relation
from glowplug.plan.statements import CloseCursor, DeclareCursor, FetchCursor, OpenCursor
from glowplug.session import statements
from glowplug.session.commands.execute_immediate import bind, refuse_subquery
from glowplug.session.commands.variables import evaluated, targets_of
from glowplug.session.session import Session
from glowplug.session.variables import Parts, Variable
from glowplug.session.world import context
from glowplug.types import DataType, StructType, quote


@dataclass(slots=True, eq=False)
class _Cursor:
    """`rows` is None while it is closed."""

    name: str
    query: str
    plan: Relation | None = None
    rows: Generator[tuple[Any, ...], None, None] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Cursors:
    """A block's label, if it has one, and its cursors by their names in lower case."""

    label: str | None
    named: dict[str, _Cursor] = field(default_factory=dict)

    def close(self) -> None:
        for cursor in self.named.values():
            if cursor.rows is not None:
                cursor.rows.close()


_blocks: ContextVar[tuple[Cursors, ...]] = ContextVar("cursors", default=())


@contextmanager
def within(blocks: tuple[Cursors, ...]) -> Iterator[None]:
    """Run something as if the cursors of these blocks, the innermost first, and no others, were there."""
    token = _blocks.set(blocks)
    try:
        yield
    finally:
        _blocks.reset(token)


def declare(command: DeclareCursor, session: Session, operation: Operation) -> None:
    """CURSOR_ALREADY_EXISTS: in the same block."""
    blocks = _blocks.get()
    if not blocks:
        raise AnalysisError("CURSOR_OUTSIDE_SCRIPT", cursorName=quote(command.name))
    if command.name.lower() in blocks[0].named:
        raise AnalysisError("CURSOR_ALREADY_EXISTS", cursorName=quote(command.name))
    blocks[0].named[command.name.lower()] = _Cursor(command.name, command.query)


def open_cursor(command: OpenCursor, session: Session, operation: Operation) -> None:
    cursor = _found(command.parts)
    if cursor.rows is not None:
        raise AnalysisError("CURSOR_ALREADY_OPEN", cursorName=quote(cursor.name))
    query = bind(cursor.query, tuple(_argument(a, session) for a in command.arguments), session)
    assert isinstance(query, Relation)
    cursor.plan = statements.analyzed(query, session, operation)
    cursor.rows = literal_rows(cursor.plan, session)


def _argument(e: Expression, session: Session) -> tuple[str | None, Expression]:
    """A name, if it was given one, and the value."""
    name = e.names[0] if isinstance(e, UnresolvedAlias) else None
    value = resolve(e.child if isinstance(e, UnresolvedAlias) else e, Scope(()), context(session))
    refuse_subquery(value)
    return name, Literal(evaluated(value, session), value.type)


def fetch(command: FetchCursor, session: Session, operation: Operation) -> None:
    """The next row's values are the variables'. CURSOR_NO_MORE_ROWS, which is no error, leaves them as they are."""
    targets = targets_of(command.into, session)
    cursor = _found(command.parts)
    if cursor.rows is None or cursor.plan is None:
        raise AnalysisError("CURSOR_NOT_OPEN", cursorName=quote(cursor.name))
    row = next(cursor.rows, None)
    if row is None:
        raise ExecutionError("CURSOR_NO_MORE_ROWS", cursorName=quote(cursor.name))
    values = tuple(Literal(v, a.type) for v, a in zip(row, cursor.plan.output, strict=True))
    for variable, value in zip(targets, _fitting(values, targets, session), strict=True):
        variable.value = value


def _fitting(row: tuple[Literal, ...], targets: list[Variable], session: Session) -> list[Any]:
    """The values as the variables' types hold them. One struct takes a row of as many columns as it has fields."""
    one = targets[0].declared if len(targets) == 1 else None
    if isinstance(one, StructType) and len(row) == len(one.fields) > 1:
        fields = zip(row, one.fields, strict=True)
        return [tuple(_value(v, f.type, session) for v, f in fields)]
    if len(row) != len(targets):
        raise AnalysisError("ASSIGNMENT_ARITY_MISMATCH", numTarget=len(targets), numExpr=len(row))
    return [_value(v, t.declared, session) for v, t in zip(row, targets, strict=True)]


def _value(value: Literal, type: DataType, session: Session) -> Any:
    return evaluated(assigned(value, type, pretty(value), context(session)), session)


def close(command: CloseCursor, session: Session, operation: Operation) -> None:
    cursor = _found(command.parts)
    if cursor.rows is None:
        raise AnalysisError("CURSOR_NOT_OPEN", cursorName=quote(cursor.name))
    cursor.rows.close()
    cursor.plan = cursor.rows = None


def _found(parts: Parts) -> _Cursor:
    """The cursor of a name, which a block's label may stand before. CURSOR_NOT_FOUND, CURSOR_OUTSIDE_SCRIPT."""
    blocks = _blocks.get()
    if not blocks:
        raise AnalysisError("CURSOR_OUTSIDE_SCRIPT", cursorName=".".join(parts))
    *label, name = (p.lower() for p in parts)
    for block in blocks:
        if (not label or [(block.label or "").lower()] == label) and name in block.named:
            return block.named[name]
    raise AnalysisError("CURSOR_NOT_FOUND", cursorName=".".join(parts))
