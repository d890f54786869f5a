"""Expressions as explain shows them: columns with their ids, casts that analysis added, unresolved parts with a quote.

As Spark's `Expression.toString`: `(id#5L + cast(1 as bigint)) AS x#6L`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from typing import Any

from glowplug.plan import expressions as e
from glowplug.plan.names import call_text, literal_text
from glowplug.plan.tree import outer_columns, walk
from glowplug.types import (
    DateType,
    LongType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    simple_string,
)

_QUOTED = (DateType, TimestampType, TimestampNTZType, TimeType)
_INFIX = frozenset("+ - * / % & | ^ = == <=> < <= > >= != <> && || and or div like ilike rlike".split())  # noqa: SIM905


def text(x: Any) -> str:
    """An expression, or the value of a node's field."""
    match x:
        case e.Expression():
            return _expression(x)
        case tuple():
            return listed(x)
        case bool():
            return "true" if x else "false"
        case None:
            return "None"
    return str(x)


def listed(items: Iterable[Any]) -> str:
    return f"[{', '.join(map(text, items))}]"


def column(a: e.Attribute) -> str:
    """A column as plans show it, `a#1`; a BIGINT has an L behind it."""
    return f"{a.name}#{a.id}{'L' if isinstance(a.type, LongType) else ''}"


def subqueries(x: e.Expression) -> list[e.Subquery]:
    return [s for s in walk(x) if isinstance(s, e.Subquery)]


def _expression(x: e.Expression) -> str:
    match x:
        case e.Attribute():
            return column(x)
        case e.OuterReference(a):
            return f"outer({column(a)})"
        case e.Literal(value, type):
            return _literal(value, type, x.zone)
        case e.Alias(child, name, id):
            return f"{text(child)} AS {name}#{id}{'L' if isinstance(x.type, LongType) else ''}"
        case e.Replaced(child):
            return text(child)
        case e.Cast(child, type, mode):
            return f"{'try_cast' if mode == 'try' else 'cast'}({text(child)} as {simple_string(type)})"
        case e.GetField(child, _, name):
            return f"{text(child)}.{name}"
        case e.Call():
            return call_text(x, text, "distinct")
        case e.SortOrder(child, ascending, nulls_first):
            direction = "ASC" if ascending else "DESC"
            return f"{text(child)} {direction} NULLS {'FIRST' if nulls_first else 'LAST'}"
        case e.WindowExpression():
            return _window(x)
        case e.Subquery():
            return _subquery(x)
        case e.LambdaVariable(name, _, _, id):
            return f"lambda {name}#{id}"
        case e.Lambda(body, params):
            return f"lambdafunction({', '.join([text(body), *map(text, params)])})"
    return _unresolved(x)


def _literal(value: Any, type: Any, zone: tzinfo) -> str:
    if value is None:
        return "null"
    shown = literal_text(value, type, quoted=False, zone=zone)
    return shown.split("'")[1] if isinstance(type, _QUOTED) else shown


def _window(w: e.WindowExpression) -> str:
    parts = [*map(text, w.partition_by), *map(text, w.order_by)]
    if w.frame is not None:
        kind = "RowFrame" if w.frame.kind == "rows" else "RangeFrame"
        lower, upper = _bound(w.frame.lower, "preceding"), _bound(w.frame.upper, "following")
        parts.append(f"specifiedwindowframe({kind}, {lower}, {upper})")
    return f"{text(w.function)} windowspecdefinition({', '.join(parts)})"


def _bound(b: e.FrameBound, side: str) -> str:
    return f"unbounded{side}$()" if b.kind == "unbounded" else "currentrow$()" if b.value is None else text(b.value)


def _subquery(s: e.Subquery) -> str:
    inside = listed(outer_columns(s.plan))
    match s.kind:
        case "in":
            return f"{', '.join(map(text, s.values))} IN (list {inside})"
        case "scalar":
            return f"scalar-subquery {inside}"
    return f"{s.kind} {inside}"


def _unresolved(x: e.Expression) -> str:
    match x:
        case e.UnresolvedAttribute(parts) | e.UnresolvedLambdaVariable(parts):
            return "'" + ".".join(parts)
        case e.UnresolvedStar(target):
            return ".".join((*target, "*"))
        case e.UnresolvedRegex(pattern):
            return f"'{pattern}"
        case e.UnresolvedFunction(parts, args):
            return _unresolved_call(parts[-1], ".".join(parts), x, args)
        case e.UnresolvedAlias(child, names):
            return f"{text(child)} AS {names[0] if len(names) == 1 else listed(names)}"
        case e.UnresolvedExtract(child, key):
            return f"{text(child)}[{text(key)}]"
        case e.UpdateFields(child, name, value):
            return f"update_fields({text(child)}, {name}{'' if value is None else f', {text(value)}'})"
        case e.UnresolvedLambda(body, params):
            return f"lambdafunction({', '.join([text(body), *params])})"
        case e.NamedArgument(name, value):
            return f"{name} => {text(value)}"
        case e.Parameter(name):
            return f"parameter({name})"
    return x.__class__.__name__.lower()


def _unresolved_call(name: str, qualified: str, call: e.UnresolvedFunction, args: tuple[e.Expression, ...]) -> str:
    shown = list(map(text, args))
    if len(shown) == 2 and name.lower() in _INFIX:
        return f"({shown[0]} {name.upper() if name.isalpha() else name} {shown[1]})"
    done = f"'{qualified}({'distinct ' if call.distinct else ''}{', '.join(shown)})"
    return done if call.filter is None else f"{done} FILTER (WHERE {text(call.filter)})"
