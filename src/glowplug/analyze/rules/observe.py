"""Metrics over the rows that pass: aggregates only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from glowplug.analyze.context import Context, scope_of
from glowplug.analyze.expressions import resolve_named
from glowplug.analyze.rules.filters import is_aggregate
from glowplug.errors import AnalysisError
from glowplug.plan.expressions import Alias, Attribute, Call, Expression, WindowExpression, new_id, origin_of
from glowplug.plan.names import pretty
from glowplug.plan.relations import CollectMetrics, Project, Relation, to_attribute
from glowplug.plan.tree import children, map_expressions
from glowplug.types import quote


def resolve_metrics(node: CollectMetrics, cx: Context) -> Relation:
    """`observe`: named aggregates over the rows that pass. What varies within aggregates is computed before, once."""
    if not node.name:
        raise AnalysisError("INVALID_OBSERVED_METRICS.MISSING_NAME", operator="CollectMetrics")
    scope = scope_of(node.child, cx=cx)
    metrics = tuple(resolve_named(e, scope, cx) for e in node.metrics)
    varying: list[Alias] = []
    for metric in metrics:
        _check(metric, metric, False, varying)
    if not varying:
        return replace(node, metrics=metrics)
    computed = {id(a.child): to_attribute(a) for a in varying}
    below = Project(node.child, (*node.child.output, *varying))
    metrics = tuple(map_expressions(m, _taken(computed)) for m in metrics)
    return Project(replace(node, child=below, metrics=metrics), node.child.output)


def _taken(computed: dict[int, Attribute]) -> Callable[[Expression], Expression]:
    def visit(e: Expression) -> Expression:
        return computed.get(id(e)) or map_expressions(e, visit)

    return visit


def _check(e: Expression, metric: Expression, aggregated: bool, varying: list[Alias]) -> None:
    """A metric is one value, from aggregates of plain rows; columns, and what varies, are inside these."""
    wrong = ""
    match e:
        case WindowExpression():
            wrong = "WINDOW_EXPRESSIONS_UNSUPPORTED"
        case Call() if is_aggregate(e):
            if aggregated:
                wrong = "NESTED_AGGREGATES_UNSUPPORTED"
            elif e.distinct:
                wrong = "AGGREGATE_EXPRESSION_WITH_DISTINCT_UNSUPPORTED"
            elif e.filter is not None:
                wrong = "AGGREGATE_EXPRESSION_WITH_FILTER_UNSUPPORTED"
            aggregated = True
        case Call() if not e.function.deterministic:
            if aggregated:
                varying.append(Alias(e, "varying", new_id()))
                return
            wrong = "NON_AGGREGATE_FUNC_ARG_IS_NON_DETERMINISTIC"
        case Attribute() if not aggregated:
            wrong = "NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE"
    if wrong:
        shown = f"{pretty(metric.child)} AS {quote(metric.name)}" if isinstance(metric, Alias) else pretty(metric)
        raise AnalysisError(f"INVALID_OBSERVED_METRICS.{wrong}", origin_of(e), expr=f'"{shown}"')
    for child in children(e):
        if isinstance(child, Expression):
            _check(child, metric, aggregated, varying)
