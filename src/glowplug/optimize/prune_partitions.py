"""Files that a filter rules out are not read."""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.context import references
from glowplug.optimize.context import Context
from glowplug.plan.expressions import Subquery
from glowplug.plan.predicates import conjuncts
from glowplug.plan.relations import Filter, Relation, Scan, SubqueryAlias
from glowplug.plan.tree import contains


def prune_partitions(node: Relation, cx: Context) -> Relation | None:
    """Filter(Scan) → Filter(Scan of the files whose partition values can match)."""
    if not isinstance(node, Filter):
        return None
    child = node.child.child if isinstance(node.child, SubqueryAlias) else node.child
    if not isinstance(child, Scan):
        return None
    have = {a.id for a in child.columns}
    conditions = [
        e for e in conjuncts(node.condition) if not contains(e, Subquery) and all(a.id in have for a in references(e))
    ]
    pruned = child.source.prune(conditions, child.columns, cx.evaluate)
    if pruned is child.source:
        return None
    return replace(node, child=replace(child, source=pruned))
