"""The values that a client gives with a text for its markers, `:name` and `?`.

https://spark.apache.org/docs/latest/sql-ref-parameter-markers.html
"""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.context import Context, Scope
from glowplug.analyze.expressions import resolve
from glowplug.errors import AnalysisError
from glowplug.plan.expressions import (
    Expression,
    Literal,
    UnresolvedAlias,
    UnresolvedAttribute,
    UnresolvedFunction,
    origin_of,
)

_MAKERS = ("array", "map", "struct", "named_struct", "map_from_arrays", "map_from_entries")


def argument(name: str, e: Expression, cx: Context) -> Expression:
    """The value for a marker. Raises INVALID_SQL_ARG for what `constant` does not take, and what an unknown function
    raises.
    """
    if (found := constant(e.child if isinstance(e, UnresolvedAlias) else e, cx)) is not None:
        return found
    if isinstance(e, UnresolvedFunction):
        resolve(e, Scope(()), cx)
    raise AnalysisError("INVALID_SQL_ARG", origin_of(e), name=name)


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
