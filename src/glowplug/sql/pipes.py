"""Pipe syntax: `query |> operator |> operator …`

Source: https://spark.apache.org/docs/latest/sql-pipe-syntax.html
"""

from __future__ import annotations

from collections.abc import Callable

from glowplug.errors import ParseError
from glowplug.plan.expressions import Expression, UnresolvedAlias, UnresolvedStar
from glowplug.plan.relations import (
    Filter,
    Limit,
    PipeOperator,
    Relation,
    Select,
    SubqueryAlias,
    UnresolvedRelation,
    WithColumns,
)
from glowplug.sql import expressions, queries, reshape, sources
from glowplug.sql.cursor import Cursor
from glowplug.sql.names import multipart


def operator(c: Cursor, plan: Relation) -> Relation:
    """One `|> …` applied to `plan`."""
    c.expect("|>")
    rule = _RULES.get(c.kind)
    if rule is not None:
        return rule(c, plan)
    joined = sources.join(c, plan)
    if joined is not None:
        return joined
    return _organised(c, plan)


_RESULT_CLAUSES = {"ORDER": "ORDER BY", "CLUSTER": "CLUSTER BY", "DISTRIBUTE": "DISTRIBUTE BY", "SORT": "SORT BY"}


def _organised(c: Cursor, plan: Relation) -> Relation:
    """One ordering, or LIMIT and OFFSET, but not both kinds."""
    start = c.i
    if c.kind in ("", ";", ")"):  # nothing is done
        return plan
    result = queries.organised(c, _sealed(plan))
    if c.i == start:
        c.fail()
    first = _RESULT_CLAUSES.get(c.kinds[start])
    if first is not None and isinstance(result, Limit):
        second = "LIMIT" if result.count is not None else "OFFSET"
        condition = "MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS"
        raise ParseError(condition, c.origin(start), clause1=first, clause2=second)
    return result


def _sealed(plan: Relation) -> Relation:
    """`plan` for operators that would otherwise see what it leaves out."""
    return plan if isinstance(plan, (SubqueryAlias, UnresolvedRelation)) else PipeOperator(plan)


def _window(c: Cursor, plan: Relation) -> Relation:
    start = c.i
    queries.window_clause(c)
    condition = "UNSUPPORTED_FEATURE.CLAUSE_WITH_PIPE_OPERATORS"
    raise ParseError(condition, c.origin(start), clauses="the WINDOW clause")


def _reshaped(c: Cursor, plan: Relation) -> Relation:
    start, rule = c.i, reshape.pivot if c.kind == "PIVOT" else reshape.unpivot
    result = rule(c, plan)
    if c.kind in ("PIVOT", "UNPIVOT") and c.kind != c.kinds[start]:
        raise ParseError("NOT_ALLOWED_IN_FROM.UNPIVOT_WITH_PIVOT", c.origin(start))
    return result


def _select(c: Cursor, plan: Relation) -> Relation:
    return queries.select(c, plan, piped=True)


def _set_operation(c: Cursor, plan: Relation) -> Relation:
    return queries.set_operation(c, plan, c.i, single=True)


def _extend(c: Cursor, plan: Relation) -> Relation:
    c.i += 1
    return Select(plan, (UnresolvedStar(), *c.comma_list(expressions.select_item)), pipe="EXTEND")


def _set(c: Cursor, plan: Relation) -> Relation:
    """Each assignment sees the ones before it."""
    c.i += 1
    while True:
        start = c.i
        name = c.name()
        if c.kind == ".":
            what = "SQL pipe syntax |> SET operator with multi-part assignment key (only single-part keys are allowed)"
            raise ParseError("_LEGACY_ERROR_TEMP_0035", c.origin(start), message=what)
        c.expect("=")
        value = UnresolvedAlias(expressions.expression(c), (name,))
        plan = WithColumns(plan, (value,), pipe=True, origin=c.origin(start))
        if not c.take(","):
            return plan


def _drop(c: Cursor, plan: Relation) -> Relation:
    start = c.i
    c.i += 1
    names = c.comma_list(multipart)
    return Select(plan, (UnresolvedStar(except_=names, origin=c.origin(start)),))


def _as(c: Cursor, plan: Relation) -> Relation:
    c.i += 1
    return SubqueryAlias(plan, c.name())


def _where(c: Cursor, plan: Relation) -> Relation:
    start = c.i
    c.i += 1
    condition = expressions.expression(c)
    if c.at("WINDOW") and c.peek(2) == "AS":
        queries.window_clause(c)
        raise ParseError("NOT_ALLOWED_IN_PIPE_OPERATOR_WHERE.WINDOW_CLAUSE", c.origin(start))
    return Filter(_sealed(plan), condition)


def _aggregate(c: Cursor, plan: Relation) -> Relation:
    """`AGGREGATE [aggregates] [GROUP BY keys]`: the output is the keys, then the aggregates."""
    start = c.i
    c.i += 1
    if c.kind in ("", ";", ")", "|>"):
        message = (
            "The AGGREGATE clause requires a list of aggregate expressions or a list of grouping expressions, or both"
        )
        raise ParseError("_LEGACY_ERROR_TEMP_0035", c.origin(start), message=message)
    aggregates: tuple[Expression, ...] = () if c.at("GROUP", "BY") else c.comma_list(expressions.select_item)
    grouping: tuple[Expression, ...] = ()
    if c.take("GROUP", "BY"):
        richer = _richer_grouping(c)
        if richer is None:
            grouping = c.comma_list(expressions.named_expression)
            richer = _richer_grouping(c)
        if richer is not None:
            condition = "UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE"
            raise ParseError(condition, c.origin(start), case=richer)
    return Select(plan, aggregates, grouping, prepend_grouping=True, pipe="AGGREGATE")


def _richer_grouping(c: Cursor) -> str | None:
    """The name of a grouping that |> AGGREGATE does not have, if one is next."""
    if c.at("GROUPING", "SETS"):
        return "GROUPING SETS"
    if c.kind == "ALL" and c.peek() in ("", ")", ";", "|>"):
        return "GROUP BY ALL"
    kind = c.kind if c.peek() == "(" else c.peek() if c.kind == "WITH" else ""
    return f"GROUP BY {kind}" if kind in ("ROLLUP", "CUBE") else None


_RULES: dict[str, Callable[[Cursor, Relation], Relation]] = {
    "SELECT": _select,
    "EXTEND": _extend,
    "SET": _set,
    "DROP": _drop,
    "AS": _as,
    "WHERE": _where,
    "WINDOW": _window,
    "PIVOT": _reshaped,
    "UNPIVOT": _reshaped,
    "TABLESAMPLE": sources.sampled,
    "UNION": _set_operation,
    "EXCEPT": _set_operation,
    "MINUS": _set_operation,
    "INTERSECT": _set_operation,
    "AGGREGATE": _aggregate,
}
