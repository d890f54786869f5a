from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.context import Context, scope_of
from glowplug.analyze.expressions import resolve_named
from glowplug.plan.relations import CollectMetrics, Relation


def resolve_metrics(node: CollectMetrics, cx: Context) -> Relation:
    """`observe`: named aggregates over the rows that pass."""
    scope = scope_of(node.child, cx=cx)
    return replace(node, metrics=tuple(resolve_named(e, scope, cx) for e in node.metrics))
