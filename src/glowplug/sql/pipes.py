"""Pipe syntax: `query |> operator |> operator …`

Source: https://spark.apache.org/docs/latest/sql-pipe-syntax.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from glowplug.errors import ParseError
from glowplug.plan.expressions import Expression, UnresolvedAlias, UnresolvedStar
from glowplug.plan.relations import Filter, Relation, Select, SubqueryAlias, WithColumns
from glowplug.sql import expressions, queries, sources
from glowplug.sql.cursor import Cursor


def operator(c: Cursor, plan: Relation) -> Relation:
    """One `|> …` applied to `plan`."""
    c.expect("|>")
    rule = _RULES.get(c.kind)
    if rule is not None:
        return rule(c, plan)
    joined = sources.join(c, plan)
    if joined is not None:
        return joined
    start = c.i
    organised = queries.organised(c, plan)
    if c.i == start:
        c.fail()
    return organised


def _select(c: Cursor, plan: Relation) -> Relation:
    return queries.select(c, plan)


def _extend(c: Cursor, plan: Relation) -> Relation:
    c.i += 1
    return Select(plan, (UnresolvedStar(), *c.comma_list(expressions.select_item)))


def _set(c: Cursor, plan: Relation) -> Relation:
    """Each assignment sees the ones before it."""
    c.i += 1
    while True:
        start = c.i
        name = c.name()
        if c.kind == ".":
            raise ParseError("UNSUPPORTED_FEATURE.PIPE_OPERATOR_SET_QUALIFIED", c.origin(start))
        c.expect("=")
        plan = WithColumns(plan, (UnresolvedAlias(expressions.expression(c), (name,)),))
        if not c.take(","):
            return plan


def _drop(c: Cursor, plan: Relation) -> Relation:
    start = c.i
    c.i += 1
    names = tuple((n,) for n in c.comma_list(Cursor.name))
    return Select(plan, (UnresolvedStar(except_=names, origin=c.origin(start)),))


def _as(c: Cursor, plan: Relation) -> Relation:
    c.i += 1
    return SubqueryAlias(plan, c.name())


def _where(c: Cursor, plan: Relation) -> Relation:
    c.i += 1
    return Filter(plan, expressions.expression(c))


def _aggregate(c: Cursor, plan: Relation) -> Relation:
    """`AGGREGATE [aggregates] [GROUP BY keys]`: the output is the keys, then the aggregates."""
    c.i += 1
    grouping_next = c.at("GROUP", "BY")
    aggregates: tuple[Expression, ...] = () if grouping_next else c.comma_list(expressions.select_item)
    result = Select(plan, aggregates, (), ordinals=True, prepend_grouping=True)
    if not c.take("GROUP", "BY"):
        return result
    start = c.i
    if not (c.kind in ("ROLLUP", "CUBE") and c.peek() == "(") and not c.at("GROUPING", "SETS"):
        keys = c.comma_list(expressions.named_expression)
        if c.kind not in ("WITH", "GROUPING", ","):
            return replace(result, grouping=keys)
        c.i = start
    return queries.grouped(c, result)


_RULES: dict[str, Callable[[Cursor, Relation], Relation]] = {
    "SELECT": _select,
    "EXTEND": _extend,
    "SET": _set,
    "DROP": _drop,
    "AS": _as,
    "WHERE": _where,
    "PIVOT": sources.pivot,
    "UNPIVOT": sources.unpivot,
    "TABLESAMPLE": sources.sampled,
    "UNION": lambda c, plan: queries.set_operation(c, plan, single=True),
    "EXCEPT": lambda c, plan: queries.set_operation(c, plan, single=True),
    "MINUS": lambda c, plan: queries.set_operation(c, plan, single=True),
    "INTERSECT": lambda c, plan: queries.set_operation(c, plan, single=True),
    "AGGREGATE": _aggregate,
}
