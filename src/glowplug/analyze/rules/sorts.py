"""ORDER BY and SORT BY: by positions, names, and what the select list dropped."""

from __future__ import annotations

from glowplug.analyze.context import Context, expose, scope_of, used
from glowplug.analyze.expressions import resolve_order
from glowplug.analyze.rules.filters import is_aggregate, keep_output
from glowplug.analyze.rules.over_groups import over_aggregate
from glowplug.errors import AnalysisError
from glowplug.plan.expressions import (
    Call,
    Literal,
    Origin,
    SortOrder,
    UnresolvedAttribute,
    UnresolvedStar,
    WindowExpression,
    origin_of,
)
from glowplug.plan.names import pretty
from glowplug.plan.relations import Relation, Sort
from glowplug.plan.text import listed, text
from glowplug.plan.tree import walk
from glowplug.types import INT, is_orderable, sql_name


def resolve_sort(node: Sort, cx: Context) -> Relation:
    """ORDER BY: positions, output columns, then columns and aggregates that the select list dropped."""
    by_position = cx.conf.bool("spark.sql.orderByOrdinal")
    order = tuple(x for o in node.order for x in _expand(o, node, len(node.order) == 1, by_position))
    written = tuple(origin_of(o.child) for o in order)
    aggregated = over_aggregate(node.child, tuple(o.child for o in order), cx)
    if aggregated is not None:
        child, expressions = aggregated
        order = tuple(SortOrder(e, o.ascending, o.nulls_first) for e, o in zip(expressions, order, strict=True))
        return keep_output(node.child, Sort(child, _orderable(order, written), node.is_global))
    scope = scope_of(node.child, cx=cx, deep=True)
    scope.further = True
    resolved = _orderable(tuple(resolve_order(o, scope, cx) for o in order), written)
    if any(isinstance(x, Call) and x.function.kind == "generator" for o in resolved for x in walk(o)):
        plan = f"Sort {listed(resolved)}, {text(node.is_global)}"
        raise AnalysisError("UNSUPPORTED_GENERATOR.OUTSIDE_SELECT", plan=plan)
    wrong = [x for o in resolved for x in walk(o) if is_aggregate(x) or isinstance(x, WindowExpression)]
    if wrong:
        shown = ", ".join(f'"{pretty(x)}"' for x in wrong)
        raise AnalysisError("UNSUPPORTED_EXPR_FOR_OPERATOR", node.origin, invalidExprSqls=shown)
    hidden = used(node.child, *resolved)
    return keep_output(node.child, Sort(expose(node.child, hidden), resolved, node.is_global))


def _expand(o: SortOrder, node: Sort, alone: bool, by_position: bool) -> list[SortOrder]:
    """A position becomes its column, `ALL` by itself all of them."""
    output = node.child.output
    match o.child:
        case Literal(int() as position, type) if by_position and type == INT and not isinstance(position, bool):
            if not 1 <= position <= len(output):
                raise AnalysisError("ORDER_BY_POS_OUT_OF_RANGE", o.child.origin, index=position, size=len(output))
            return [SortOrder(output[position - 1], o.ascending, o.nulls_first)]
        case UnresolvedStar(origin=origin):
            raise AnalysisError("INVALID_USAGE_OF_STAR_OR_REGEX", origin, elem="'*'", prettyName="Sort")
        case UnresolvedAttribute(("ALL" | "all" | "All",)) if alone and not any(
            a.name.lower() == "all" for a in output
        ):
            return [SortOrder(a, o.ascending, o.nulls_first) for a in output]
    return [o]


def _orderable(order: tuple[SortOrder, ...], written: tuple[Origin | None, ...]) -> tuple[SortOrder, ...]:
    for o, origin in zip(order, written, strict=True):
        if not is_orderable(o.child.type):
            raise AnalysisError(
                "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE",
                origin,
                sqlExpr=f'"{pretty(o)}"',
                functionName="`sortorder`",
                dataType=f'"{sql_name(o.child.type)}"',
            )
    return order
