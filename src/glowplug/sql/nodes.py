"""Building the nodes that several rules make."""

from __future__ import annotations

from glowplug.plan.expressions import (
    Expression,
    Literal,
    Origin,
    UnresolvedAlias,
    UnresolvedAttribute,
    UnresolvedExtract,
    UnresolvedFunction,
    UnresolvedStar,
)
from glowplug.sql.cursor import Cursor
from glowplug.types import STRING


def call(name: str, args: tuple[Expression, ...], origin: Origin | None) -> UnresolvedFunction:
    return UnresolvedFunction((name,), args, origin=origin)


def row(fields: list[Expression], c: Cursor, start: int) -> Expression:
    """A row constructor: a struct whose fields are named as Spark names them."""
    args: list[Expression] = []
    for i, e in enumerate(fields, 1):
        match e:
            case UnresolvedAlias(child, (name,)):
                args += [Literal(name, STRING), child]
            case UnresolvedExtract(_, Literal(str(key))):
                args += [Literal(key, STRING), e]
            case UnresolvedAttribute(parts):
                args += [Literal(parts[-1], STRING), e]
            case UnresolvedStar():
                return call("struct", tuple(_named(e, i) for i, e in enumerate(fields, 1)), c.origin(start))
            case _:
                args += [Literal(f"col{i}", STRING), e]
    return call("named_struct", tuple(args), c.origin(start))


def _named(e: Expression, i: int) -> Expression:
    return (
        e if isinstance(e, (UnresolvedAlias, UnresolvedAttribute, UnresolvedStar)) else UnresolvedAlias(e, (f"col{i}",))
    )


def row_values(c: Cursor, e: Expression) -> tuple[Expression, ...]:
    """The fields of a row written as `(a, b)` or `struct(a, b)`; any other expression is a row of itself."""
    if isinstance(e, UnresolvedFunction) and e.origin is not None:
        if e.parts == ("named_struct",) and c.text[e.origin.start] == "(":
            return e.args[1::2]
        if e.parts == ("struct",):
            return tuple(a.child if isinstance(a, UnresolvedAlias) else a for a in e.args)
    return (e,)
