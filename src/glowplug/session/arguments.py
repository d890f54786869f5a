"""The values that a client gives with a text for its markers, `:name` and `?`.

https://spark.apache.org/docs/latest/sql-ref-parameter-markers.html
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from glowplug.analyze.context import Context, Scope
from glowplug.analyze.expressions import resolve
from glowplug.errors import AnalysisError
from glowplug.plan.expressions import (
    Expression,
    Literal,
    Origin,
    UnresolvedAlias,
    UnresolvedAttribute,
    UnresolvedFunction,
    origin_of,
)
from glowplug.sql.literals import decimal_literal
from glowplug.types import STRING, DecimalType

_MAKERS = ("array", "map", "struct", "named_struct", "map_from_arrays", "map_from_entries")


def argument(name: str, e: Expression, cx: Context) -> Expression:
    """The value for a marker. Raises INVALID_SQL_ARG for what `constant` does not take, and what an unknown function
    raises.
    """
    if (found := constant(e.child if isinstance(e, UnresolvedAlias) else e, cx)) is not None:
        return _as_written(found)
    if isinstance(e, UnresolvedFunction):
        resolve(e, Scope(()), cx)
    raise AnalysisError("INVALID_SQL_ARG", origin_of(e), name=name)


def _as_written(e: Expression) -> Expression:
    """The value as Spark has it, which writes it into the text: a decimal of no more digits than it has, structs whose
    fields are named."""
    match e:
        case Literal(Decimal() as value, DecimalType()):
            return decimal_literal(str(value), origin_of(e) or Origin("", -1, -1))
        case UnresolvedAlias(child):
            return replace(e, child=_as_written(child))
        case UnresolvedFunction((function,), args) if function.lower() == "struct":
            names = [a.names[0] if isinstance(a, UnresolvedAlias) else f"col{i}" for i, a in enumerate(args, 1)]
            values = [_as_written(a.child if isinstance(a, UnresolvedAlias) else a) for a in args]
            named = [x for n, v in zip(names, values, strict=True) for x in (Literal(n, STRING), v)]
            return replace(e, parts=("named_struct",), args=tuple(named))
        case UnresolvedFunction(args=args):
            return replace(e, args=tuple(map(_as_written, args)))
    return e


def constant(e: Expression, cx: Context) -> Expression | None:
    """A literal, what a variable holds, or an array, map or struct of such, unresolved; None for anything else."""
    match e:
        case Literal():
            return e
        case UnresolvedAlias(child):  # a field of a struct
            inside = constant(child, cx)
            return None if inside is None else replace(e, child=inside)
        case UnresolvedAttribute(parts) if (found := cx.world.variable(parts)) is not None and not found[2]:
            return found[1]
        case UnresolvedFunction((function,), args) if function.lower() in _MAKERS:
            values = [v for a in args if (v := constant(a, cx)) is not None]
            return replace(e, args=tuple(values)) if len(values) == len(args) else None
    return None
