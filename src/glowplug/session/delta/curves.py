"""Rows ordered along a curve through several columns, so that each file has a narrow range of all of them.

A column's place is the number of its range, of 256 that a sample says hold about as many rows each; the places' bits,
taken in turn from each column, are the place on the curve (https://en.wikipedia.org/wiki/Z-order_curve).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from glowplug.analyze.context import Context
from glowplug.execute.local import literals
from glowplug.functions.registry import lookup
from glowplug.plan.expressions import Alias, Call, Expression, Literal, SortOrder, new_id
from glowplug.plan.relations import Filter, Project, Relation, Sample, Sort, to_attribute
from glowplug.session.delta.checks import call
from glowplug.session.session import Session
from glowplug.types import BOOLEAN, INT, LONG

_SAMPLED = 8_000  # rows
_BITS = 8
_KEY_BITS = 62


def placed(plan: Relation, columns: Sequence[Expression], rows: int, session: Session, cx: Context) -> Relation:
    """The plan's rows, about so many, with one column more: the place on the curve through `columns`."""
    bits = max(1, min(_BITS, _KEY_BITS // len(columns)))
    key: Expression | None = None
    for i, column in enumerate(columns):
        bounds = _bounds(plan, column, 2**bits, rows, session, cx)

        def spread(place: int, i: int = i) -> Literal:
            return Literal(
                sum((place >> b & 1) << (b * len(columns) + len(columns) - 1 - i) for b in range(bits)), LONG
            )

        part = _range(column, bounds, spread)
        key = part if key is None else call(cx, "|", key, part)
    assert key is not None
    return Project(plan, (*plan.output, Alias(key, "place", new_id())))


def parted(plan: Relation, parts: int, rows: int, session: Session, cx: Context) -> Relation:
    """Rows whose last column is a place, with the number of one of `parts` stretches of the curve instead."""
    *columns, place = plan.output
    bounds = _bounds(plan, place, parts, rows, session, cx)
    number = _range(place, bounds, lambda n: Literal(n, INT))
    return Project(plan, (*columns, Alias(number, "part", new_id())))


def in_order(plan: Relation) -> Relation:
    """Rows whose last column is a place, in order and without it."""
    *columns, place = plan.output
    return Project(Sort(plan, (SortOrder(place),)), tuple(columns))


def _bounds(plan: Relation, column: Expression, ranges: int, rows: int, session: Session, cx: Context) -> list[Literal]:
    """At most `ranges` - 1 values between ranges of about as many rows."""
    some = plan if rows <= _SAMPLED else Sample(plan, 0.0, _SAMPLED / rows, seed=0)
    item = Alias(column, "value", new_id())
    value = to_attribute(item)
    there = Filter(Project(some, (item,)), call(cx, "isnotnull", value))
    found: list[Any] = [v for (v,) in literals(Sort(there, (SortOrder(value),)), session)]
    chosen = dict.fromkeys(found[len(found) * i // ranges] for i in range(1, ranges)) if found else {}
    return [Literal(v, column.type) for v in chosen]


def _range(value: Expression, bounds: Sequence[Literal], of: Callable[[int], Literal]) -> Expression:
    """What `of` makes of the number of a value's range, which is searched for by halves."""
    choice, less = lookup("if"), lookup("<")
    assert choice is not None
    assert less is not None

    def between(low: int, high: int) -> Expression:
        if low == high:
            return of(low)
        middle = (low + high) // 2
        test = Call(less, "<", (value, bounds[middle]), BOOLEAN, True)
        below, above = between(low, middle), between(middle + 1, high)
        return Call(choice, "if", (test, below, above), below.type, False)

    return between(0, len(bounds))
