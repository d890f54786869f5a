"""Metrics over the rows that pass: aggregates only."""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.context import Context, scope_of
from glowplug.analyze.expressions import resolve_named
from glowplug.analyze.rules.filters import is_aggregate
from glowplug.errors import AnalysisError
from glowplug.plan.expressions import Attribute, Expression, WindowExpression
from glowplug.plan.names import pretty
from glowplug.plan.relations import CollectMetrics, Relation
from glowplug.plan.tree import children


def resolve_metrics(node: CollectMetrics, cx: Context) -> Relation:
    """`observe`: named aggregates over the rows that pass."""
    if not node.name:
        raise AnalysisError("INVALID_OBSERVED_METRICS.MISSING_NAME", operator="CollectMetrics")
    scope = scope_of(node.child, cx=cx)
    metrics = tuple(resolve_named(e, scope, cx) for e in node.metrics)
    for metric in metrics:
        _check(metric)
    return replace(node, metrics=metrics)


def _check(e: Expression) -> None:
    """A metric is one value: its columns are inside aggregates."""
    if is_aggregate(e):
        return
    if isinstance(e, (Attribute, WindowExpression)):
        kind = "NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE" if isinstance(e, Attribute) else "WINDOW_EXPRESSIONS_UNSUPPORTED"
        raise AnalysisError(f"INVALID_OBSERVED_METRICS.{kind}", expr=f'"{pretty(e)}"')
    for child in children(e):
        if isinstance(child, Expression):
            _check(child)
