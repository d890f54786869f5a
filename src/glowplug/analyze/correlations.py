"""Where a subquery may use the columns around it: which relations may hold one that does, and which of its own may.

Spark turns such a subquery into a join, and its `CheckAnalysis` refuses what that is not done for.
"""

from __future__ import annotations

from typing import Any

from glowplug.errors import AnalysisError
from glowplug.functions.internal import is_rows
from glowplug.plan import relations as r
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Expression,
    OuterReference,
    SortOrder,
    Subquery,
    WindowExpression,
    origin_of,
)
from glowplug.plan.names import pretty, qualified_text
from glowplug.plan.tree import children, expressions_in, kinds, map_expressions, outer_columns, walk
from glowplug.types import quote

_CATEGORY = "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY"
# Those that need not know of the rows around: they hold no column of these, but what is below them may.
_PASSING = (r.Sort, r.Repartition, r.Limit, r.Distinct, r.SubqueryAlias, r.Hint, r.SetOperation, r.Shared)


def check_subqueries(node: r.Relation) -> None:
    """Raises UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY and its kind, for the subqueries directly in `node`."""
    if isinstance(node, r.Join) and node.lateral:
        _check_plan(node.right, True)
    if Subquery not in kinds(node):
        return
    for e in expressions_in(node):
        if Subquery in kinds(e):
            for x in walk(e):
                if isinstance(x, Subquery) and x.kind != "table":
                    _check_place(x, node)
                    _check_sides(x, node)
                    _check_plan(x.plan, True)


def _check_place(e: Subquery, node: r.Relation) -> None:
    if e.kind != "scalar":
        if not isinstance(node, (r.Filter, r.Join, r.Project, r.Aggregate)):
            raise AnalysisError(f"{_CATEGORY}.UNSUPPORTED_IN_EXISTS_SUBQUERY", e.origin, treeNode=_shown(node))
    elif not isinstance(node, (r.Filter, r.Project, r.Aggregate)) and _correlated(e.plan):
        raise AnalysisError(f"{_CATEGORY}.UNSUPPORTED_CORRELATED_SCALAR_SUBQUERY", e.origin, treeNode=_shown(node))


def _check_sides(e: Subquery, node: r.Relation) -> None:
    """In the condition of a join a subquery becomes a join with one of the two sides."""
    if isinstance(node, r.Join):
        used = {x.id for v in e.values for x in walk(v) if isinstance(x, Attribute)}
        used.update(a.id for a in outer_columns(e.plan))
        if not any(used <= {a.id for a in side.output} for side in (node.left, node.right)):
            condition = f"{_CATEGORY}.UNSUPPORTED_CORRELATED_EXPRESSION_IN_JOIN_CONDITION"
            raise AnalysisError(condition, subqueryExpression=qualified_text(e))


def must_aggregate(keys: list[Expression], results: list[Expression]) -> None:
    """A correlated subquery by which rows are grouped must be part of the result, for Spark to compute it."""
    used = {x.id for e in results for x in walk(e) if isinstance(x, Attribute)}
    for key in keys:
        for x in walk(key) if isinstance(key, Alias) and key.id not in used else ():
            if isinstance(x, Subquery) and x.kind == "scalar" and _correlated(x.plan):
                raise AnalysisError(f"{_CATEGORY}.MUST_AGGREGATE_CORRELATED_SCALAR_SUBQUERY", x.origin)


def _correlated(plan: r.Relation) -> bool:
    stack = [plan]
    while stack:
        node = stack.pop()
        if OuterReference in kinds(node):
            return True
        stack += [c for c in children(node) if isinstance(c, r.Relation)]
    return False


def _check_plan(node: r.Relation, allowed: bool) -> None:
    """`allowed`: whether this part of a subquery's plan may use columns around the subquery."""
    sets = isinstance(node, r.Aggregate) and node.sets is not None  # rows are multiplied for these, keys computed first
    if (sets or not allowed) and OuterReference in kinds(node):
        condition = f"{_CATEGORY}.ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED"
        raise AnalysisError(condition, _origin(_outside(node)), treeNode=_shown(node))
    match node:
        case r.Project(child):
            groups = isinstance(child, r.Aggregate) or (
                isinstance(child, r.Filter) and isinstance(child.child, r.Aggregate)
            )
            _refuse(node.expressions if groups else tuple(filter(_in_window, node.expressions)))
            _check_plan(child, allowed)
        case r.Aggregate(child):
            _refuse(_outside(node))
            _check_plan(child, allowed and not sets)
        case r.Generate(child, generator) if child.output:
            _refuse(_outside(node))
            _check_plan(child, allowed and not is_rows(generator))
        case r.Join(left, right, kind):
            if node.lateral:
                _refuse(_outside(node))
            both = kind in ("inner", "cross")
            _check_plan(left, allowed and (both or kind in ("left", "semi", "anti")))
            if not node.lateral:
                _check_plan(right, allowed and (both or kind == "right"))
        case r.Filter(child):
            _check_plan(child, allowed)
        case _:
            passing = isinstance(node, _PASSING)
            if passing:
                _refuse(_outside(node))
            for child in children(node):
                if isinstance(child, r.Relation):
                    _check_plan(child, allowed and passing)


def _in_window(e: Expression) -> bool:
    """Whether a window has an outer column as it is; what is computed from one is a column below the window."""
    windows = (x for x in walk(e) if isinstance(x, WindowExpression))
    return any(
        isinstance(x.child if isinstance(x, SortOrder) else x, OuterReference)
        for w in windows
        for x in (*expressions_in(w.function), *w.partition_by, *w.order_by)
    )


def _outside(node: r.Relation) -> tuple[Expression, ...]:
    return tuple(e for e in expressions_in(node) if OuterReference in kinds(e))


def _refuse(expressions: tuple[Expression, ...]) -> None:
    wrong = [e for e in expressions if OuterReference in kinds(e)]
    if wrong:
        shown = ", ".join(f'"{_plain(e)}"' for e in wrong)
        raise AnalysisError(f"{_CATEGORY}.CORRELATED_REFERENCE", _origin(wrong), sqlExprs=shown)


def _plain(e: Expression) -> str:
    def inside(x: Any) -> Any:
        return x.attribute if isinstance(x, OuterReference) else map_expressions(x, inside)

    named = f" AS {quote(e.name)}" if isinstance(e, Alias) else ""
    return pretty(inside(e.child if isinstance(e, Alias) else e)) + named


def _origin(expressions: Any) -> Any:
    return next(filter(None, map(origin_of, expressions)), None)


def _shown(node: r.Relation) -> str:
    return f"{type(node).__name__} [{', '.join(map(pretty, expressions_in(node)))}]"
